import Foundation
import Glibc
import TestSupport
import Testing

/// The program, run as its users run it.
enum Lookout {
    struct Outcome {
        var status: Int32
        var output: String
        var errors: String

        /// The lines of standard error.
        var complaints: [String] { errors.split(separator: "\n").map(String.init) }
    }

    /// The program that was built with the tests.
    static let path = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        .deletingLastPathComponent().appendingPathComponent("lookout").path

    /// Whether it was built with ThreadSanitizer or AddressSanitizer; then the tests were, too.
    static let isSanitized = Sanitizer.isUsed

    /// Whether the network is so slow that it does not keep up with a camera.
    static let isSlow = Sanitizer.isThread
    static let slow: Comment = "under ThreadSanitizer the network does not keep up with a camera"

    /// The top of the checkout.
    static let checkout = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    static let model = checkout.appendingPathComponent("Models/efficientnet-lite0.safetensors").path
    static let checkpoint = checkout.appendingPathComponent("Models/efficientnet-lite0-57934424.pth").path
    static let hasCheckpoint = FileManager.default.fileExists(atPath: checkpoint)
    static let hasModel = FileManager.default.fileExists(atPath: model)
    static let noModel: Comment = "EfficientNet-Lite0 is not there; `make models` fetches it"

    static let bikes = checkout.appendingPathComponent("Media/bikes.mp4").path
    static let coffee = checkout.appendingPathComponent("Media/coffee.png").path
    static let chelsea = checkout.appendingPathComponent("Media/chelsea.png").path
    static let hasMedia = hasModel && [bikes, coffee, chelsea].allSatisfy(FileManager.default.fileExists(atPath:))
    static let noMedia: Comment = "the model or the media are not there; `make models media` fetches them"

    static func run(
        _ arguments: String..., environment: [String: String] = [:], standardOutput: FileHandle? = nil
    ) throws -> Outcome {
        try run(path, arguments, environment: environment, standardOutput: standardOutput)
    }

    static func run(
        _ program: String, _ arguments: [String], environment: [String: String] = [:],
        standardOutput: FileHandle? = nil
    ) throws -> Outcome {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        process.standardInput = FileHandle.nullDevice
        let output = Pipe()
        let errors = Pipe()
        if let standardOutput { process.standardOutput = standardOutput } else { process.standardOutput = output }
        process.standardError = errors
        try process.run()
        // Both are read at once, or a full pipe would stop the program.
        let collected = Collected()
        let reading = DispatchGroup()
        DispatchQueue.global().async(group: reading) {
            collected.errors = errors.fileHandleForReading.readDataToEndOfFile()
        }
        let text = standardOutput == nil ? output.fileHandleForReading.readDataToEndOfFile() : Data()
        reading.wait()
        process.waitUntilExit()
        let status = process.terminationReason == .exit ? process.terminationStatus : 128 + process.terminationStatus
        return Outcome(
            status: status, output: String(decoding: text, as: UTF8.self),
            errors: String(decoding: collected.errors, as: UTF8.self))
    }

    /// Written by one thread before another reads it.
    private final class Collected: @unchecked Sendable { var errors = Data() }

    /// Calls `body` with a folder that is gone afterwards.
    static func withFolder(_ body: (String) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("command-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try body(folder.path)
    }
}
