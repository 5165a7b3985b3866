import Foundation
import Glibc
import TestSupport
import Testing

/// `lookout run` in a test, with a folder of its own, and a service manager that listens.
final class ServiceProcess {
    let folder: String
    private let manager: Int32
    private var process = Process()
    /// What it has told its manager and nobody has waited for.
    private var heard = ""
    /// What it has told its manager, up to the last time that somebody waited for something.
    private(set) var told = ""

    var configuration: String { folder + "/lookout.yaml" }
    var log: String { folder + "/events.jsonl" }
    var errors: String { Self.text(of: folder + "/errors") }
    var pid: Int32 { process.processIdentifier }

    /// - Parameter folder: for everything that it writes.
    init(in folder: String) throws {
        self.folder = folder
        manager = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let path = Array((folder + "/notify").utf8)
        try #require(path.count < MemoryLayout.size(ofValue: address.sun_path))
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path) }
        let bound = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(manager, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        try #require(bound == 0)
        _ = FileManager.default.createFile(atPath: folder + "/errors", contents: nil)
    }

    deinit {
        kill(SIGKILL)
        close(manager)
    }

    /// Writes the configuration: outputs in the folder, and what a test adds.
    ///
    /// - Parameters:
    ///   - model: name or path of the model.
    ///   - countsPictures: whether ``frames(_:of:)`` is known.
    func configure(
        _ sources: String, model: String = Lookout.model, more: String = "", countsPictures: Bool = false
    ) throws {
        let text = """
            events:
              log: {path: \(log)}
              socket: {path: \(folder)/events.sock}
              samples: \(folder)/samples
            state: \(folder)
            model: \(model)
            \(more)
            \(countsPictures ? "metrics: {textfile: \(folder)/metrics, interval: 1s}" : "")
            sources:
            \(sources)
            """
        try Data(text.utf8).write(to: URL(fileURLWithPath: configuration))
    }

    /// - Parameters:
    ///   - journal: where its standard error goes; otherwise ``errors`` has it.
    ///   - environment: further environment variables.
    func start(errors journal: FileHandle? = nil, environment: [String: String] = [:]) throws {
        process = Process()
        process.executableURL = URL(fileURLWithPath: Lookout.path)
        process.arguments = ["run", configuration]
        process.environment = ProcessInfo.processInfo.environment.merging(["NOTIFY_SOCKET": folder + "/notify"]) { $1 }
            .merging(environment) { $1 }
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        let errors = try FileHandle(forWritingTo: URL(fileURLWithPath: folder + "/errors"))
        errors.seekToEndOfFile()
        process.standardError = journal ?? errors
        try process.run()
    }

    func signal(_ number: Int32) { Glibc.kill(pid, number) }

    /// Sends a signal that ends it, and waits for the end.
    ///
    /// - Returns: its exit status, or the number of the signal. A service that does not stop within the time that it
    ///   has for that ends with another status than 0.
    @discardableResult
    func kill(_ number: Int32) -> Int32 {
        guard process.isRunning else { return 0 }
        signal(number)
        process.waitUntilExit()
        return process.terminationStatus
    }

    /// Waits for something that has to come.
    func require(_ what: String, _ condition: () throws -> Bool) throws {
        if try TestTimeout.wait(for: condition) { return }
        Issue.record("\(what) has not come within \(TestTimeout.seconds) s; standard error: \(errors)")
        throw CancellationError()
    }

    /// Waits until it tells its manager something that it has not told before.
    func requireTold(_ text: String) throws {
        try require("\"\(text)\"") {
            var bytes = [UInt8](repeating: 0, count: 4096)
            while case let count = recv(manager, &bytes, bytes.count, Int32(MSG_DONTWAIT)), count > 0 {
                let message = String(decoding: bytes.prefix(count), as: UTF8.self) + "\n"
                heard += message
                told += message
            }
            guard let range = heard.range(of: text) else { return false }
            heard.removeSubrange(heard.startIndex..<range.upperBound)
            return true
        }
    }

    // MARK: - What it writes

    func events() throws -> [[String: Any]] { try Self.lines(log) }

    /// The media times of a source's samples.
    func samples(of source: String) throws -> [Double] {
        try Self.lines(folder + "/samples").filter { $0["source"] as? String == source }.compactMap {
            $0["media"] as? Double
        }
    }

    /// One of a source's numbers, as they were not long ago; 0 if there is none.
    func pictures(_ name: String, of source: String) throws -> Int {
        let beginning = "lookout_\(name){source=\"\(source)\"} "
        let line = Self.text(of: folder + "/metrics").split(separator: "\n").first { $0.hasPrefix(beginning) }
        return line.flatMap { Int($0.dropFirst(beginning.count)) } ?? 0
    }

    private static func lines(_ path: String) throws -> [[String: Any]] {
        // The last line may be in the middle of being written.
        try text(of: path).split(separator: "\n", omittingEmptySubsequences: false).dropLast().compactMap {
            try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any]
        }
    }

    /// What is in a file; nothing if it is not there. Foundation leaks a page when it reads an empty file, which
    /// AddressSanitizer reports.
    private static func text(of path: String) -> String {
        var status = stat()
        guard stat(path, &status) == 0, status.st_size > 0 else { return "" }
        return (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
    }
}
