import Events
import Foundation
import Glibc
import TestSupport
import Testing

/// A reload is a transaction: all of a configuration is adopted, or nothing of it.
@Suite(.enabled(if: Lookout.hasMedia, Lookout.noMedia), .timeLimit(.minutes(30))) struct ReloadTests {
    /// Pairs of a configuration that is right and one that is not. The suite of faults takes 200.
    private static let pairs = ProcessInfo.processInfo.environment["LOOKOUT_RELOADS"].flatMap { Int($0) } ?? 25

    @Test func whateverIsReloadedExactlyWhatWasAdoptedLastIsServedAndNoReaderMissesALine() throws {
        try Lookout.withFolder { folder in
            let scene = try ReloadScene(in: folder)
            defer { scene.service.kill(SIGKILL) }
            let start = Date()
            try scene.start()
            for _ in 0..<Self.pairs {
                try scene.adoptAnother()
                try scene.refuseAnother()
            }
            let count = try scene.finish()
            let seconds = Date().timeIntervalSince(start)
            let name = "\(Self.pairs) pairs of right and wrong configurations, reloaded"
            print("| \(name) | \(count) events, none missed; \(String(format: "%.0f", seconds)) s |")
        }
    }

    @Test func aSecondServiceIsRefusedAndToldWhoTheFirstIs() throws {
        try Lookout.withFolder { folder in
            let first = try ServiceProcess(in: folder)
            defer { first.kill(SIGKILL) }
            try first.configure("  away: rtsp://127.0.0.1:1/x")
            try first.start()
            try first.requireTold("READY=1")
            for (state, log, target) in [
                (folder, folder + "/other", folder),
                (folder + "/state", folder + "/events.jsonl", folder + "/events.jsonl"),
            ] {
                mkdir(folder + "/state", 0o755)
                let second = "model: \(Lookout.model)\nstate: \(state)\nevents: {log: {path: \(log)}, socket: off}\n"
                try Data(second.utf8).write(to: URL(fileURLWithPath: folder + "/second.yaml"))
                let outcome = try Lookout.run("run", folder + "/second.yaml")
                #expect(outcome.status == EX_UNAVAILABLE)
                #expect(
                    outcome.errors.contains("\(target): another lookout writes there (process \(first.pid)); "),
                    "\(outcome.errors)")
            }
            // A lock ends with its owner, however that ends.
            first.kill(SIGKILL)
            try first.start()
            try first.requireTold("READY=1")
            #expect(first.kill(SIGTERM) == 0)
        }
    }
}

/// A service that is reloaded again and again, a reader of its events, and what is known of both.
private final class ReloadScene {
    let folder: String
    let service: ServiceProcess
    private var reader: EventReader?
    private var random = SplitMix64(state: 10)
    private var adopted: RandomService
    private let taken: [OwnerLock]
    private let port: (descriptor: Int32, number: Int)
    private var refusals = 0

    init(in folder: String) throws {
        self.folder = folder
        service = try ServiceProcess(in: folder)
        adopted = RandomService(in: folder)
        for name in ["state-a", "state-b", "taken", "dir"] { mkdir(folder + "/" + name, 0o755) }
        try Data("x".utf8).write(to: URL(fileURLWithPath: folder + "/file"))
        try #require(mkfifo(folder + "/unread", 0o600) == 0)
        taken = [try .folder(folder + "/taken"), try .file(folder + "/taken/events")]
        port = try Self.takePort()
    }

    deinit { close(port.descriptor) }

    private static func takePort() throws -> (Int32, Int) {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr = in_addr(s_addr: UInt32(INADDR_LOOPBACK).bigEndian)
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let result = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, length) | listen(descriptor, 1) | getsockname(descriptor, $0, &length)
            }
        }
        try #require(result == 0)
        return (descriptor, Int(UInt16(bigEndian: address.sin_port)))
    }

    private func write(_ yaml: String) throws {
        try Data(yaml.utf8).write(to: URL(fileURLWithPath: service.configuration))
    }

    func start() throws {
        try write(adopted.yaml(clip: Lookout.bikes, model: Lookout.model))
        try service.start()
        try service.requireTold("READY=1")
        reader = try #require(EventReader(folder + "/a.sock"))
        try requireServed("the first one")
    }

    func adoptAnother() throws {
        adopted.change(&random)
        try reload(adopted.yaml(clip: Lookout.bikes, model: Lookout.model))
        try requireServed("adopted: \(adopted)")
    }

    func refuseAnother() throws {
        var other = adopted
        other.change(&random)
        let yaml = other.yaml(clip: Lookout.bikes, model: Lookout.model)
        let wrong = try #require(
            RandomService.mistakes(yaml, folder: folder, takenPort: port.number).randomElement(using: &random))
        try reload(wrong)
        refusals += 1
        let count =
            service.errors.components(separatedBy: "not adopted; the previous configuration stays in use").count - 1
        #expect(count == refusals, "this was adopted: \(wrong)")
        try requireServed("after the refusal of: \(wrong)")
    }

    private func reload(_ yaml: String) throws {
        try write(yaml)
        service.signal(SIGHUP)
        try service.requireTold("RELOADING=1")
        try service.requireTold("READY=1")
    }

    /// What is served is what was adopted last, and nothing else.
    private func requireServed(_ what: String) throws {
        reader?.read()
        try service.require("what was \(what)") { isServed }
        #expect(reader?.isCutOff == false, "\(what)")
    }

    private var isServed: Bool {
        let sockets = ["a.sock", "b.sock", "c.sock", "metrics-a.sock", "metrics-b.sock"].filter {
            access(folder + "/" + $0, F_OK) == 0
        }
        var status = stat()
        guard Set(sockets) == [adopted.socket, adopted.metrics], stat(folder + "/" + adopted.socket, &status) == 0,
            Int(status.st_mode & 0o777) == adopted.mode, watched == adopted.sources, open == wanted,
            let connection = HTTPClient.connect(folder + "/" + adopted.socket)
        else { return false }
        close(connection)
        return adopted.textfile.map { access(folder + "/" + $0, F_OK) == 0 } ?? true
    }

    /// The sources that the metrics know.
    private var watched: Set<String> {
        let text = HTTPClient.get("/metrics", socket: folder + "/" + adopted.metrics)?.body ?? ""
        return Set(
            text.split(separator: "\n").compactMap { line in
                line.hasPrefix("lookout_source_up{source=\"") ? line.split(separator: "\"")[1] : nil
            }.map(String.init))
    }

    private var wanted: Set<String> {
        [adopted.log, adopted.log + ".lock", adopted.state + "/lock"].reduce(
            into: Set(adopted.samples.map { [$0] } ?? [])
        ) {
            $0.insert($1)
        }
    }

    /// The files in the folder that the service has open.
    private var open: Set<String> {
        let descriptors = "/proc/\(service.pid)/fd"
        let names = (try? FileManager.default.contentsOfDirectory(atPath: descriptors)) ?? []
        let paths = names.compactMap {
            try? FileManager.default.destinationOfSymbolicLink(atPath: descriptors + "/" + $0)
        }
        let inFolder = paths.filter { $0.hasPrefix(folder + "/") }.map { String($0.dropFirst(folder.count + 1)) }
        return Set(inFolder).subtracting(["errors", "unread"])
    }

    /// The reader has every line once and in order, and so do the logs.
    ///
    /// - Returns: how many there are.
    func finish() throws -> Int {
        try service.require("enough events") {
            self.reader?.read()
            return (self.reader?.lines.count ?? 0) > 20
        }
        #expect(service.kill(SIGTERM) == 0)
        let reader = try #require(reader)
        reader.read()
        let logged = ["events-a", "events-b"].flatMap { name in
            (FileManager.default.contents(atPath: folder + "/" + name) ?? Data()).split(separator: UInt8(ascii: "\n"))
                .map { String(decoding: $0, as: UTF8.self) }
        }
        func number(_ line: String) -> Int {
            let object = try? JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
            return object?["seq"] as? Int ?? 0
        }
        let numbers = reader.lines.map(number)
        #expect(numbers == Array(1...max(1, numbers.count)))
        #expect(reader.lines == logged.sorted { number($0) < number($1) })
        return numbers.count
    }
}
