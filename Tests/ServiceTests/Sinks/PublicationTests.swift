import Events
import Foundation
import Glibc
import Testing

@testable import Service

/// The sockets of a configuration get their names together.
@Suite(.timeLimit(.minutes(10))) struct PublicationTests {
    private static let pages = MetricsPages(
        metrics: { "" }, readiness: { Readiness(hasModel: true, failures: [], sources: []) })

    /// Sockets that are served, and others that are prepared in their place.
    private struct Scene {
        let folder: String
        let old: (events: EventSocket, metrics: MetricsServer)
        let new: Publication
        /// The metrics' socket before it has its name.
        let draft: String

        init(in folder: String) throws {
            self.folder = folder
            let (events, metrics) = (folder + "/events", MetricsServer.Address.path(folder + "/metrics"))
            old = (
                try EventSocket(settings: EventSocket.Settings(path: events), log: nil, states: nil),
                try MetricsServer(metrics, pages: pages)
            )
            try old.metrics.publish()
            let socket = try EventSocket.prepare(EventSocket.Settings(path: events, mode: 0o600), replacing: old.events)
            let before = try Self.names(folder)
            new = Publication(parts: [socket, try MetricsServer(metrics, pages: pages, replacing: old.metrics)])
            draft = try #require(try Self.names(folder).subtracting(before).first)
        }

        static func names(_ folder: String) throws -> Set<String> {
            Set(try FileManager.default.contentsOfDirectory(atPath: folder))
        }

        /// The mode of the event socket, which tells the old one from the new one.
        var mode: UInt32 {
            var status = stat()
            return lstat(folder + "/events", &status) == 0 ? status.st_mode & 0o777 : 0
        }
    }

    private static func withFolder(_ body: (String) throws -> Void) throws {
        let folder = "/tmp/publication-\(UUID().uuidString.prefix(8))"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try body(folder)
    }

    @Test func allOfThemAreFoundAndNothingElseIsLeft() throws {
        try Self.withFolder { folder in
            let scene = try Scene(in: folder)
            #expect(scene.mode == 0o660)
            try scene.new.publish()
            #expect(scene.mode == 0o600)
            #expect(try Scene.names(folder) == ["events", "metrics"])
            scene.old.metrics.stop()
            #expect(try Scene.names(folder) == ["events", "metrics"], "the old one does not remove the new one's file")
            withExtendedLifetime(scene) {}
        }
    }

    /// The second of two names cannot be given: the first is taken back, and its readers never notice.
    @Test func ifOneFailsAllIsAsItWas() throws {
        try Self.withFolder { folder in
            var scene: Scene? = try Scene(in: folder)
            let old = try #require(scene?.old)
            try #require(unlink(folder + "/" + (scene?.draft ?? "")) == 0)
            #expect(throws: MetricsServer.Failure.self) { try scene?.new.publish() }
            #expect(scene?.mode == 0o660)
            scene = nil
            #expect(try Scene.names(folder) == ["events", "metrics"])
            #expect(Self.connects(folder + "/events"))
            let end = Date() + 5
            while old.events.statistics.accepted == 0, Date() < end { usleep(10_000) }
            #expect(old.events.statistics.accepted == 1, "who connects finds the old one")
            old.events.close()
            #expect(try Scene.names(folder) == ["metrics"], "it is still its own")
        }
    }

    private static func connects(_ path: String) -> Bool {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        } == 0
    }
}
