import Foundation
import Glibc
import TestSupport
import Testing

private let ffmpeg = "/usr/bin/ffmpeg"
private let hasFFmpeg = FileManager.default.isExecutableFile(atPath: ffmpeg)

/// The service with a detector: counts survive a kill, and a reload keeps the objects.
@Suite(
    .enabled(if: SharedDetector.isThere, "../shared is not there: no detector and no clips"), .timeLimit(.minutes(20)))
struct ObjectServiceTests {
    private static func withService(_ body: (ServiceProcess, _ model: String) throws -> Void) throws {
        try Lookout.withFolder { folder in
            let model = try SharedDetector.imported(to: folder)
            let service = try ServiceProcess(in: folder)
            defer { service.kill(SIGKILL) }
            try body(service, model)
        }
    }

    /// Value of a metric of a line or a zone; 0 if there is none.
    private static func metric(_ beginning: String, _ service: ServiceProcess) -> Int {
        let text = HTTPClient.get("/metrics", socket: service.folder + "/m")?.body ?? ""
        let line = text.split(separator: "\n").first { $0.hasPrefix(beginning) }
        return line?.split(separator: " ").last.flatMap { Int($0) } ?? 0
    }

    private static func types(_ service: ServiceProcess, _ type: String) throws -> [[String: Any]] {
        try service.events().filter { $0["type"] as? String == type }
    }

    /// A car passes again and again.
    @Test func crossingsAreCountedOverAKill() throws {
        try Self.withService { service, model in
            try service.configure(
                """
                  street:
                    address: "file:\(SharedDetector.oneCar)?loop"
                    fps: 5
                    lines: {middle: {from: [0, 0.5], to: [1, 0.5], to_left: up, anchor: center}}
                """, model: model, more: "metrics: {listen: \"unix:\(service.folder)/m\"}")
            let name = #"lookout_line_crossings_total{source="street",line="middle",direction="up",label="vehicle"}"#
            try service.start()
            try service.requireTold("READY=1")
            try service.require("two crossings") { try Self.types(service, "cross").count >= 2 }
            try service.require("the metric") {
                Self.metric(name, service) == (try Self.types(service, "cross").count)
            }
            let before = try Self.types(service, "cross").count
            service.kill(SIGKILL)
            try service.start()
            try service.requireTold("READY=1")
            #expect(Self.metric(name, service) >= before)
            try service.require("a crossing after the restart") { try Self.types(service, "cross").count > before }
            try service.require("the metric") {
                Self.metric(name, service) == (try Self.types(service, "cross").count)
            }
            #expect(service.kill(SIGTERM) == 0)
            let ids = try ["start", "end"].map { try Self.types(service, $0).compactMap { $0["id"] as? String } }
            #expect(
                Set(ids[0]).count == ids[0].count && ids[0].sorted() == ids[1].sorted(), "each starts and ends once")
        }
    }

    /// A person stands at the table, and the camera is unplugged and plugged in again.
    @Test(.enabled(if: hasFFmpeg, "ffmpeg is not installed; `make test` installs it"))
    func aCameraThatComesBackEndsItsObjectsOnceAndStartsThemOnce() throws {
        let camera = try PeerProcess(ffmpeg) { port in
            [
                "-v", "quiet", "-re", "-ss", "9", "-t", "8", "-i", SharedDetector.persons, "-c", "copy", "-f", "mpegts",
                "tcp://127.0.0.1:\(port)?listen=1",
            ]
        }
        defer { camera.kill() }
        try Self.withService { service, model in
            try service.configure(
                "  room: {address: \"tcp://127.0.0.1:\(camera.port)\", fps: 5, grace: 1s}", model: model)
            try service.start()
            try service.requireTold("READY=1")
            try service.require("a person") { try Self.types(service, "start").count == 1 }
            camera.kill()
            try service.require("the end of the person") { try Self.types(service, "end").count == 1 }
            #expect(try Self.types(service, "end")[0]["reason"] as? String == "source_lost")
            try camera.start()
            try service.require("the person again") { try Self.types(service, "start").count == 2 }
            camera.kill()
            try service.require("the end") { try Self.types(service, "end").count == 2 }
            let ids = try ["start", "end"].map { try Self.types(service, $0).compactMap { $0["id"] as? String } }
            #expect(ids[0] == ids[1] && Set(ids[0]).count == 2)
            #expect(service.kill(SIGTERM) == 0)
        }
    }

    /// A person stands at the table for more than ten seconds.
    @Test func aReloadOfZonesKeepsTheObject() throws {
        try Self.withService { service, model in
            func configure(_ zones: String) throws {
                try service.configure(
                    "  room: {address: \"file:\(SharedDetector.persons)\", fps: 5, zones: \(zones)}", model: model,
                    more: "metrics: {listen: \"unix:\(service.folder)/m\"}")
            }
            try configure("off")
            try service.start()
            try service.requireTold("READY=1")
            try service.require("a person") { try !Self.types(service, "start").isEmpty }
            let person = try Self.types(service, "start")[0]["id"] as? String
            try configure("{room: {points: [[0, 0], [1, 0], [1, 1], [0, 1]]}}")
            service.signal(SIGHUP)
            try service.require("the person in the new zone") { try !Self.types(service, "enter").isEmpty }
            #expect(try Self.types(service, "enter")[0]["id"] as? String == person)
            #expect(try Self.types(service, "start").count == 1 && Self.types(service, "end").isEmpty)
            #expect(Self.metric(#"lookout_objects{source="room",zone="room",label="person"}"#, service) == 1)
            #expect(service.kill(SIGTERM) == 0)
            #expect(try Self.types(service, "end").map { $0["id"] as? String } == [person])
        }
    }

    /// Images begin with a reload, and end with another; the object stays.
    @Test func imagesAreSwitchedOnAndOffByAReload() throws {
        try Self.withService { service, model in
            let images = service.folder + "/images"
            func configure(_ snapshots: String) throws {
                try service.configure(
                    "  street: {address: \"file:\(SharedDetector.oneCar)?loop\", fps: 5}", model: model,
                    more: "metrics: {listen: \"unix:\(service.folder)/m\"}\nsnapshots: \(snapshots)")
            }
            try configure("off")
            try service.start()
            try service.requireTold("READY=1")
            try service.require("a car") { try Self.types(service, "end").count >= 1 }
            #expect(try Self.types(service, "end").allSatisfy { $0["snapshot"] == nil })
            try configure("{folder: \(images), free_space: off}")
            service.signal(SIGHUP)
            try service.require("an image") { try Self.types(service, "end").contains { $0["snapshot"] != nil } }
            let name = try #require(try Self.types(service, "end").lazy.compactMap { $0["snapshot"] as? String }.first)
            #expect(FileManager.default.fileExists(atPath: "\(images)/\(name)"))
            #expect(Self.metric("lookout_snapshots_total", service) >= 1)
            #expect(Self.metric("lookout_snapshots_lost_total", service) == 0)
            try configure("/nowhere/images")
            service.signal(SIGHUP)
            try service.require("a refusal") { service.errors.contains("no images can be written to this folder") }
            try configure("off")
            service.signal(SIGHUP)
            try service.require("the reload") { service.errors.contains("adopted") && Self.page(service).isEmpty }
            #expect(service.kill(SIGTERM) == 0)
        }
    }

    /// Someone stands at the table when the service is killed. The next one ends the event, and names the image.
    @Test func anImageIsNamedAfterAKill() throws {
        try Self.withService { service, model in
            let images = service.folder + "/images"
            try service.configure(
                "  room: {address: \"file:\(SharedDetector.persons)\", fps: 5}", model: model,
                more: "snapshots: {folder: \(images), free_space: off}")
            try service.start()
            try service.requireTold("READY=1")
            try service.require("an image") { try !FileManager.default.contentsOfDirectory(atPath: images).isEmpty }
            let state = service.folder + "/events.json"
            try service.require("the state") {
                (try? String(contentsOfFile: state, encoding: .utf8))?.contains("snapshot") == true
            }
            service.kill(SIGKILL)
            try service.start()
            try service.require("the end") {
                try Self.types(service, "end").contains { $0["reason"] as? String == "restart" }
            }
            let end = try #require(try Self.types(service, "end").first)
            let name = try #require(end["snapshot"] as? String)
            #expect(FileManager.default.fileExists(atPath: "\(images)/\(name)"))
            #expect(name == "\(try #require(end["id"] as? String)).jpg")
            #expect(service.kill(SIGTERM) == 0)
        }
    }

    /// Metrics of images; empty without images.
    private static func page(_ service: ServiceProcess) -> String {
        let text = HTTPClient.get("/metrics", socket: service.folder + "/m")?.body ?? "lookout_snapshots"
        return text.split(separator: "\n").filter { $0.hasPrefix("lookout_snapshots") }.joined()
    }
}
