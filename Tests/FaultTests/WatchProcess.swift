import Foundation
import Glibc
import TestSupport

/// `lookout watch` with default settings, except for the files that a test reads, and two sources: `camera`, which
/// fails, and `other`, which does not.
final class WatchProcess {
    private let process = Process()
    private let events: LineFile
    private let samples: LineFile
    private let errorsPath: String

    /// Path of the program that was built with the tests.
    static let program = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        .deletingLastPathComponent().appendingPathComponent("lookout").path
    private static let models = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("Models").path
    static let model = models + "/efficientnet-lite0.safetensors"
    static let hasModel = FileManager.default.fileExists(atPath: model)

    /// Arguments that select the model. With a sanitizer, EfficientNet-Lite0 is too slow for two cameras at ten frames per
    /// second: a model of three layers takes its place.
    private static let modelArguments = Result {
        guard Sanitizer.isUsed else { return [String]() }
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("small-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let output = folder.appendingPathComponent("small.safetensors").path
        let fixture = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("MobileNetTests/Fixtures/Lite/keras.tflite").path
        let process = try Process.run(
            URL(fileURLWithPath: program), arguments: ["model", "import", "--output", output, fixture])
        process.waitUntilExit()
        return ["--model", output]
    }

    /// Starts the program.
    ///
    /// - Parameters:
    ///   - camera: address of the camera that fails.
    ///   - other: address of the camera that does not fail.
    ///   - options: further options and sources.
    ///   - environment: further environment variables.
    ///   - prefix: command that executes the program.
    ///   - folder: folder for the program's files.
    init(
        camera: String, other: String, options: [String] = [], environment: [String: String] = [:],
        prefix: [String] = [], in folder: String
    ) throws {
        let paths = ["events", "samples", "errors"].map { "\(folder)/\($0)-\(UUID().uuidString)" }
        for path in paths { _ = FileManager.default.createFile(atPath: path, contents: nil) }
        errorsPath = paths[2]
        let command = prefix + [Self.program]
        process.executableURL = URL(fileURLWithPath: command[0])
        // The scores of the test scene are low: with these thresholds, events begin and end.
        process.arguments =
            command.dropFirst() + [
                "watch", "--fps", "10", "--no-motion", "--enter", "0.1", "--hold", "0", "--clear-after", "0.5",
            ]
            + ["--events", paths[0], "--samples", paths[1]] + (try Self.modelArguments.get()) + options
            + ["camera=\(camera)", "other=\(other)"]
        process.environment = ProcessInfo.processInfo.environment.merging(["LOOKOUT_MODELS": Self.models]) { $1 }
            .merging(environment) { $1 }
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        process.standardError = try FileHandle(forWritingTo: URL(fileURLWithPath: errorsPath))
        try process.run()
        // The program truncates the files, and does not replace them.
        events = try LineFile(paths[0])
        samples = try LineFile(paths[1])
    }

    // MARK: - Output

    /// Returns the event records of a source so far, in order.
    func events(of source: String) throws -> [[String: Any]] {
        try events.update()
        return events.lines.filter { $0.source == source }
    }

    /// Returns the times of the samples of a source so far, in seconds since 1970.
    ///
    /// - Parameter start: time of the earliest sample.
    func samples(of source: String, from start: Double = 0) throws -> [Double] {
        try samples.update()
        return samples.lines.lazy.filter { $0.source == source }.compactMap(\.time).filter { $0 >= start }
    }

    /// Standard error so far.
    var errors: String { (try? String(contentsOfFile: errorsPath, encoding: .utf8)) ?? "" }

    // MARK: - Resources

    /// Targets of the open descriptors.
    var descriptors: [String] {
        let folder = "/proc/\(process.processIdentifier)/fd"
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return names.compactMap { try? FileManager.default.destinationOfSymbolicLink(atPath: "\(folder)/\($0)") }
            .sorted()
    }

    /// Peak resident memory in bytes (proc(5), `VmHWM`).
    var peakMemory: Int {
        let text = (try? String(contentsOfFile: "/proc/\(process.processIdentifier)/status", encoding: .utf8)) ?? ""
        let line = text.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
        return 1024 * (line.flatMap { Int($0.filter(\.isNumber)) } ?? 0)
    }

    /// Number of threads.
    var threads: Int {
        (try? FileManager.default.contentsOfDirectory(atPath: "/proc/\(process.processIdentifier)/task").count) ?? 0
    }

    /// Resident memory in kilobytes (proc(5), `VmRSS`).
    var memory: Int {
        let status = try? String(contentsOfFile: "/proc/\(process.processIdentifier)/status", encoding: .utf8)
        let line = status?.split(separator: "\n").first { $0.hasPrefix("VmRSS:") }
        return line.flatMap { Int($0.split(separator: " ").dropLast().last ?? "") } ?? 0
    }

    /// Seconds for which threads were ready to run and other programs had the CPU
    /// (Documentation/scheduler/sched-stats.rst), without threads that have exited.
    var secondsWaited: Double {
        let folder = "/proc/\(process.processIdentifier)/task"
        let threads = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return threads.reduce(0) { sum, thread in
            let text = (try? String(contentsOfFile: "\(folder)/\(thread)/schedstat", encoding: .utf8)) ?? ""
            return sum + (text.split(separator: " ").dropFirst().first.flatMap { Double($0) } ?? 0) / 1e9
        }
    }

    // MARK: - Termination

    /// Stops the program with SIGINT, and waits for 5 s.
    ///
    /// - Returns: exit status; `nil` if the program did not stop in time.
    func stop() -> Int32? {
        process.interrupt()
        return TestTimeout.wait(seconds: 5) { !process.isRunning } ? process.terminationStatus : nil
    }

    /// Suspends the program.
    func hang() { Glibc.kill(process.processIdentifier, SIGSTOP) }

    /// Resumes the program.
    func goOn() { Glibc.kill(process.processIdentifier, SIGCONT) }

    /// Kills the program.
    func kill() {
        guard process.isRunning else { return }
        Glibc.kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }
}
