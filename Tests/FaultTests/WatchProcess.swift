import Foundation
import Glibc
import TestSupport

/// `lookout watch` as its users run it, with everything by default but what a test has to see: a source
/// `camera`, which will fail, and a source `other`, which will not.
final class WatchProcess {
    private let process = Process()
    private let events: LineFile
    private let samples: LineFile
    private let errorsPath: String

    /// The program that was built with the tests.
    static let program = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        .deletingLastPathComponent().appendingPathComponent("lookout").path
    private static let models = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("Models").path
    static let model = models + "/efficientnet-lite0.safetensors"
    static let hasModel = FileManager.default.fileExists(atPath: model)

    /// Arguments that select the network. A sanitizer makes EfficientNet-Lite0 too slow for two cameras at ten
    /// frames a second. There the faults are watched through a network of three layers.
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

    /// - Parameters:
    ///   - camera: the address of the one that will fail.
    ///   - other: the address of the one that will not.
    ///   - options: besides; also further sources.
    ///   - environment: besides.
    ///   - prefix: a program that runs it, and its arguments.
    ///   - folder: for what it writes.
    init(
        camera: String, other: String, options: [String] = [], environment: [String: String] = [:],
        prefix: [String] = [], in folder: String
    ) throws {
        let paths = ["events", "samples", "errors"].map { "\(folder)/\($0)-\(UUID().uuidString)" }
        for path in paths { _ = FileManager.default.createFile(atPath: path, contents: nil) }
        errorsPath = paths[2]
        let command = prefix + [Self.program]
        process.executableURL = URL(fileURLWithPath: command[0])
        // The scene that is sent looks like nothing much: with these thresholds labels come and go.
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
        // It empties the files, and does not replace them.
        events = try LineFile(paths[0])
        samples = try LineFile(paths[1])
    }

    // MARK: - What it says

    /// What it has said of a source so far, in order.
    func events(of source: String) throws -> [[String: Any]] {
        try events.update()
        return events.lines.filter { $0.source == source }
    }

    /// When the frames of a source were taken that it has looked at so far, in seconds since 1970.
    ///
    /// - Parameter start: nothing before this.
    func samples(of source: String, from start: Double = 0) throws -> [Double] {
        try samples.update()
        return samples.lines.lazy.filter { $0.source == source }.compactMap(\.time).filter { $0 >= start }
    }

    /// What it has said on standard error so far.
    var errors: String { (try? String(contentsOfFile: errorsPath, encoding: .utf8)) ?? "" }

    // MARK: - What it holds

    /// What its open descriptors are.
    var descriptors: [String] {
        let folder = "/proc/\(process.processIdentifier)/fd"
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return names.compactMap { try? FileManager.default.destinationOfSymbolicLink(atPath: "\(folder)/\($0)") }
            .sorted()
    }

    /// The most memory that it has had so far, in bytes (proc(5), `VmHWM`).
    var peakMemory: Int {
        let text = (try? String(contentsOfFile: "/proc/\(process.processIdentifier)/status", encoding: .utf8)) ?? ""
        let line = text.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
        return 1024 * (line.flatMap { Int($0.filter(\.isNumber)) } ?? 0)
    }

    /// How many threads it has.
    var threads: Int {
        (try? FileManager.default.contentsOfDirectory(atPath: "/proc/\(process.processIdentifier)/task").count) ?? 0
    }

    /// How much memory it has, in kilobytes.
    var memory: Int {
        let status = try? String(contentsOfFile: "/proc/\(process.processIdentifier)/status", encoding: .utf8)
        let line = status?.split(separator: "\n").first { $0.hasPrefix("VmRSS:") }
        return line.flatMap { Int($0.split(separator: " ").dropLast().last ?? "") } ?? 0
    }

    /// For how many seconds its threads have been ready to run while other programs had the processors
    /// (Documentation/scheduler/sched-stats.rst). Of threads that are gone, nothing is known.
    var secondsWaited: Double {
        let folder = "/proc/\(process.processIdentifier)/task"
        let threads = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return threads.reduce(0) { sum, thread in
            let text = (try? String(contentsOfFile: "\(folder)/\(thread)/schedstat", encoding: .utf8)) ?? ""
            return sum + (text.split(separator: " ").dropFirst().first.flatMap { Double($0) } ?? 0) / 1e9
        }
    }

    // MARK: - Its end

    /// Asks it to stop, and waits for it.
    ///
    /// - Returns: its exit status, `nil` if it did not stop in time.
    func stop() -> Int32? {
        process.interrupt()
        for _ in 0..<100 where process.isRunning { usleep(50_000) }
        return process.isRunning ? nil : process.terminationStatus
    }

    /// It does nothing more, as when the machine is suspended.
    func hang() { Glibc.kill(process.processIdentifier, SIGSTOP) }

    /// It goes on where it was.
    func goOn() { Glibc.kill(process.processIdentifier, SIGCONT) }

    /// Ends it, whatever it does.
    func kill() {
        guard process.isRunning else { return }
        Glibc.kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }
}
