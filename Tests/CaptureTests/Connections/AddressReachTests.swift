import Glibc
import TestSupport
import Testing

@testable import Capture

/// Redirects and playlists do not lead from the network into this machine.
@Suite(.timeLimit(.minutes(10))) struct AddressReachTests {
    private static func bytes(_ text: String) -> [UInt8] {
        var four = in_addr()
        if inet_pton(AF_INET, text, &four) == 1 { return withUnsafeBytes(of: &four) { Array($0) } }
        var sixteen = in6_addr()
        precondition(inet_pton(AF_INET6, text, &sixteen) == 1, text)
        return withUnsafeBytes(of: &sixteen) { Array($0) }
    }

    @Test(arguments: [
        ("127.0.0.1", AddressReach.loopback), ("127.8.8.8", .loopback), ("0.0.0.0", .loopback), ("::1", .loopback),
        ("::", .loopback),
        ("::ffff:127.0.0.1", .loopback), ("::127.0.0.1", .loopback), ("64:ff9b::7f00:1", .loopback),
        ("169.254.169.254", .linkLocal), ("169.254.0.1", .linkLocal), ("fe80::1", .linkLocal), ("febf::1", .linkLocal),
        ("::ffff:169.254.169.254", .linkLocal), ("fd00:ec2::254", .linkLocal),
        ("192.168.1.1", .network), ("10.0.0.1", .network), ("128.0.0.1", .network), ("169.253.1.1", .network),
        ("fec0::1", .network), ("2001:db8::1", .network), ("::ffff:192.168.1.1", .network), ("fd00::1", .network),
    ])
    func addressesAreKnownInEveryForm(_ text: String, _ reach: AddressReach) {
        #expect(AddressReach(Self.bytes(text)) == reach)
    }

    @Test func onlyASourceThatIsThereItselfLeadsThere() {
        let addresses = ["192.168.1.1", "127.0.0.1", "169.254.1.1"].map { PeerAddress(bytes: Self.bytes($0)) }
        for own in addresses {
            for other in addresses {
                var policy = ReachPolicy()
                #expect(policy.refusal(of: own) == nil, "the address of the source is its own affair")
                let refusal = policy.refusal(of: other)
                #expect((refusal == nil) == (other.reach == .network || other.reach == own.reach), "\(own) to \(other)")
            }
        }
    }

    /// As a redirect from the network to a service of this machine.
    @Test func noConnectionIsMadeThatIsRefused() throws {
        let server = try ScriptedServer { _ in nil }
        defer { server.stop() }
        for (own, isAllowed) in [("192.168.1.1", false), ("127.0.0.1", true)] {
            let connections = ConnectionGuard(.system)
            #expect(connections.allows(PeerAddress(bytes: Self.bytes(own))))
            let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
            defer { Glibc.close(descriptor) }
            let result = connections.whileCurrent { connect(descriptor, to: server.port) }
            #expect((result == 0) == isAllowed)
            #expect(
                connections.refusal
                    == (isAllowed
                        ? nil : "it leads to 127.0.0.1, this machine itself; a source elsewhere may not lead there"))
        }
        #expect(TestTimeout.wait { server.connections == 1 })
    }

    private func connect(_ descriptor: Int32, to port: UInt16) -> Int32 {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
    }

    /// The address in the forms in which it is hidden: as a number, mapped, octal.
    @Test(arguments: ["169.254.169.254", "2852039166", "[::ffff:169.254.169.254]", "0251.0376.0251.0376"])
    func aRedirectToTheWireIsNotFollowed(_ host: String) throws {
        try expectRefusal("http") { _ in
            ScriptedServer.http("302 Found", headers: ["Location: http://\(host)/latest/meta-data/"])
        }
        try expectRefusal("rtsp") { request in
            ScriptedServer.rtsp("302 Moved", to: request, headers: ["Location: rtsp://\(host)/live"])
        }
        let playlist = "#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\nhttp://\(host)/a.ts\n#EXT-X-ENDLIST\n"
        try expectRefusal("http", path: "live.m3u8") { _ in
            ScriptedServer.http(headers: ["Content-Type: application/vnd.apple.mpegurl"], body: Array(playlist.utf8))
        }
    }

    private func expectRefusal(_ scheme: String, path: String = "live", _ answer: @escaping ScriptedServer.Answer)
        throws
    {
        let server = try ScriptedServer(answer)
        defer { server.stop() }
        let source = StreamSource(
            url: try StreamURL("\(scheme)://127.0.0.1:\(server.port)/\(path)"), sampling: .all,
            options: StreamOptions(connectTimeout: 20), interruption: CancellationToken())
        #expect {
            try source.open()
        } throws: { error in
            "\(error)".contains("169.254.169.254, a link-local address; a source elsewhere may not lead there")
        }
    }
}
