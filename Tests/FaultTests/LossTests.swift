import Foundation
import TestSupport
import Testing

/// A network that loses and reorders packets: netem on the loopback of a network namespace.
@Suite(
    .enabled(if: Peers.hasRTSP, Peers.noRTSP), .enabled(if: LossyNetwork.isAvailable, LossyNetwork.reason),
    .timeLimit(.minutes(20)))
struct LossTests {
    struct Case: CustomStringConvertible, Sendable {
        var description: String
        var netem: [String]
        var transport: String
    }

    static let cases = [
        Case(description: "2 % of packets lost, RTP over UDP", netem: ["loss", "2%"], transport: "udp"),
        Case(
            description: "packets delayed by 10 ms, 20 % of them reordered, RTP over UDP",
            netem: ["delay", "10ms", "reorder", "80%", "50%"], transport: "udp"),
        Case(description: "2 % of packets lost, RTSP over TCP", netem: ["loss", "2%"], transport: "tcp"),
    ]

    @Test(arguments: cases)
    func aCameraBehindALossyNetworkIsNeverLost(_ example: Case) throws {
        try Recording.withFolder { folder in
            let network = try LossyNetwork(example.netem)
            defer { network.remove() }
            let server = try Peers.rtsp(prefix: network.prefix, in: folder)
            defer { server.kill() }
            let address = "rtsp://127.0.0.1:\(server.port)/live"
            let watch = try WatchProcess(
                camera: address, other: address, options: ["--transport", example.transport], prefix: network.prefix,
                in: folder)
            defer { watch.kill() }
            #expect(try TestTimeout.wait { try watch.samples(of: "camera").count >= 60 }, "\(watch.errors)")
            let samples = try watch.samples(of: "camera")
            #expect(watch.stop() == 0)
            #expect(
                try watch.events(of: "camera").allSatisfy { !$0.type.hasPrefix("source_") && $0.type != "clock_step" })
            let pause = zip(samples, samples.dropFirst()).map { $1 - $0 }.max() ?? 0
            print("| \(example.description) | never lost; longest pause \(String(format: "%.1f", pause)) s |")
        }
    }
}

/// Network namespace whose loopback loses packets.
struct LossyNetwork {
    private let name: String

    /// Whether the kernel has netem and permits network namespaces.
    static let isAvailable = (try? LossyNetwork(["loss", "1%"]))?.remove() != nil
    static let reason: Comment = "the kernel has no sch_netem, or does not permit network namespaces"

    private struct Failure: Error { var arguments: [String] }

    /// Creates the namespace.
    ///
    /// - Parameter netem: options of tc-netem(8).
    init(_ netem: [String]) throws {
        name = "lookout-\(UUID().uuidString.prefix(8))"
        try Self.run("ip", ["netns", "add", name])
        do {
            try Self.run("ip", ["-n", name, "link", "set", "lo", "up"])
            try Self.run("tc", ["-n", name, "qdisc", "add", "dev", "lo", "root", "netem"] + netem)
        } catch {
            remove()
            throw error
        }
    }

    /// Prefix of a command line that runs a program in the namespace.
    var prefix: [String] { ["/usr/bin/env", "ip", "netns", "exec", name] }

    func remove() { try? Self.run("ip", ["netns", "del", name]) }

    private static func run(_ program: String, _ arguments: [String]) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [program] + arguments
        process.standardError = FileHandle.nullDevice
        process.environment = ProcessInfo.processInfo.environment.merging(
            ["PATH": (ProcessInfo.processInfo.environment["PATH"] ?? "") + ":/usr/sbin:/sbin"]) { $1 }
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw Failure(arguments: arguments) }
    }
}
