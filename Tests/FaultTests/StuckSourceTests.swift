import Foundation
import Glibc
import TestSupport
import Testing

/// Calls that hang: of many sources at once, in a lookup of a name, and in a pipe. No other source is affected, and the
/// program stops in time.
@Suite(.enabled(if: Peers.canRun, Peers.reason), .timeLimit(.minutes(20))) struct StuckSourceTests {
    /// Longest time until the program stops, in seconds: the timeout of ``WatchProcess/stop()``.
    private static let stopLimit = 5.0

    private static func stop(_ watch: WatchProcess) -> Double {
        let start = Date()
        #expect(watch.stop() == 0, "the program did not stop within \(stopLimit) s")
        return Date().timeIntervalSince(start)
    }

    private static func require(_ what: String, of watch: WatchProcess, _ condition: () throws -> Bool) throws {
        try #require(
            try TestTimeout.wait(for: condition), "no \(what) within \(TestTimeout.seconds) s: \(watch.errors)")
    }

    /// Dispatch has at most 255 threads for all queues. Sources that wait must not use them.
    @Test func threeHundredSilentSourcesLeaveTenLiveOnesUntouched() throws {
        try Recording.withFolder { folder in
            let (live, silent) = (try FaultServer(try Scene.monotonic()), try FaultServer(.vanish))
            defer {
                live.stop()
                silent.stop()
            }
            let names = ["camera", "other"] + (3...10).map { "live\($0)" }
            let sources = names.dropFirst(2).map { "\($0)=\(live.url)" } + (1...300).map { "silent\($0)=\(silent.url)" }
            let watch = try WatchProcess(
                camera: live.url, other: live.url, options: ["--fps", "1"] + sources, in: folder)
            defer { watch.kill() }
            try Self.require("first frames of all live sources", of: watch) {
                try names.allSatisfy { try watch.samples(of: $0).count > 1 }
            }
            let start = Date().timeIntervalSince1970
            try Self.require("ten more frames of all live sources", of: watch) {
                try names.allSatisfy { try watch.samples(of: $0, from: start).count >= 10 }
            }
            let seconds = Date().timeIntervalSince1970 - start
            // Each source that waits has a thread.
            let (threads, memory) = (watch.threads, watch.memory)
            try Self.require("source_lost of a silent source", of: watch) {
                try watch.events(of: "silent300").count == 1
            }
            let stopping = Self.stop(watch)
            for name in names { #expect(try watch.events(of: name).allSatisfy { ["start", "end"].contains($0.type) }) }
            #expect(live.connections == names.count, "each live source has kept its connection")
            let measured = String(
                format: "10 frames of each live one in %.1f s; %d threads, %d MB; stopped in %.1f s", seconds, threads,
                memory / 1024, stopping)
            print("| 300 sources that do not answer | \(measured) |")
        }
    }

    /// A lookup cannot be cancelled. It is abandoned two seconds after the connection timeout.
    @Test(.enabled(if: NameServer.canBeReplaced, NameServer.reason)) func aSilentNameServerHarmsNobody() throws {
        try Recording.withFolder { folder in
            let (server, live) = (try NameServer(in: folder), try FaultServer(try Scene.monotonic()))
            defer { live.stop() }
            let watch = try WatchProcess(
                camera: "rtsp://camera.test/live", other: live.url, options: ["--connect-timeout", "4"],
                prefix: server.launcher, in: folder)
            defer { watch.kill() }
            let start = Date()
            try Self.require("source_lost of the camera", of: watch) { try watch.events(of: "camera").count == 1 }
            let lost = Date().timeIntervalSince(start)
            let reason = try watch.events(of: "camera")[0]["reason"] as? String ?? ""
            #expect(reason.contains("the call to open it has hung"), "\(reason)")
            let count = try watch.samples(of: "other").count
            try Self.require("frames of the other camera", of: watch) {
                try watch.samples(of: "other").count > count + 20
            }
            let stopping = Self.stop(watch)
            #expect(try watch.events(of: "other").allSatisfy { ["start", "end"].contains($0.type) })
            #expect(live.connections == 1)
            print(
                String(
                    format: "| a name server that is silent | reported after %.1f s; stopped in %.1f s |", lost,
                    stopping))
        }
    }

    /// Another program writes a stream into the pipe, and pauses.
    @Test func aPipeThatStallsIsAnOutage() throws {
        try Recording.withFolder { folder in
            let camera = try PipeCamera(folder + "/pipe", bytes: try Scene.stream(), seconds: Scene.seconds)
            defer { camera.stop() }
            try Trial.run("a pipe that stalls", camera: "file:\(camera.path)?loop", in: folder) { trial in
                try trial.outage {
                    camera.set(writes: false)
                } end: {
                    camera.set(writes: true)
                }
            }
        }
    }
}

/// Name server on loopback that never answers, for one program.
private final class NameServer {
    private let descriptor: Int32
    private let resolver: String

    private static let address = "127.0.0.99"
    static let reason: Comment = "replacing the name server of one program needs root (unshare, port 53)"
    static let canBeReplaced: Bool = {
        guard let descriptor = bound() else { return false }
        close(descriptor)
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/unshare")
        process.arguments = ["--mount", "/bin/sh", "-c", "mount --bind /dev/null /etc/resolv.conf"]
        process.standardError = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return false }
        process.waitUntilExit()
        return process.terminationStatus == 0
    }()

    init(in folder: String) throws {
        descriptor = try #require(Self.bound())
        resolver = folder + "/resolv.conf"
        let text = "nameserver \(Self.address)\noptions timeout:30 attempts:2\n"
        try Data(text.utf8).write(to: URL(fileURLWithPath: resolver))
    }

    deinit { close(descriptor) }

    /// Prefix of a command line that runs a program with this name server.
    var launcher: [String] {
        let script = "mount --bind '\(resolver)' /etc/resolv.conf && exec \"$0\" \"$@\""
        return ["/usr/bin/unshare", "--mount", "/bin/sh", "-c", script]
    }

    private static func bound() -> Int32? {
        let descriptor = socket(AF_INET, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(53).bigEndian
        inet_pton(AF_INET, Self.address, &address.sin_addr)
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard result != 0 else { return descriptor }
        close(descriptor)
        return nil
    }
}
