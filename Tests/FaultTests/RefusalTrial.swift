import Foundation
import TestSupport
import Testing

/// The program watches a camera that it must not let in, and one that is all right: the first is lost once, with the
/// reason, and the other is not touched.
struct RefusalTrial {
    let name: String
    let reason: String

    /// Seconds that are measured.
    private static let seconds = 6.0

    /// Runs the program, and prints a line of the table.
    ///
    /// - Parameters:
    ///   - camera: the address of the camera that will be refused.
    ///   - figure: checks what is promised besides, and says for the table what was measured.
    func run(
        camera: String, options: [String] = [], in folder: String, figure: (WatchProcess) throws -> String
    ) throws {
        let healthy = try FaultServer(try Scene.monotonic())
        defer { healthy.stop() }
        let watch = try WatchProcess(camera: camera, other: healthy.url, options: options, in: folder)
        defer { watch.kill() }
        let limit = Date().addingTimeInterval(30)
        while try watch.samples(of: "other").count <= 10 || watch.events(of: "camera").isEmpty, Date() < limit {
            Trial.sleep(0.05)
        }
        let span = Span(of: watch)
        Trial.sleep(Self.seconds)
        let measured = try span.measure(.neverLost())
        print(measured.row(name, figure: try figure(watch)))
        withKnownIssue("the machine is busy with something else", isIntermittent: true) {
            #expect(abs(measured.otherRate - 10) <= 0.5, "the other camera's frames in a second")
        } when: {
            measured.isStarved
        }
        #expect(watch.stop() == 0, "\(watch.errors)")
        try checkEvents(watch)
        #expect(healthy.connections == 1)
    }

    private func checkEvents(_ watch: WatchProcess) throws {
        let events = try watch.events(of: "camera")
        #expect(events.map(\.type) == ["source_lost"], "\(events)")
        #expect((events.first?["reason"] as? String)?.contains(reason) == true, "\(events)")
        #expect(try watch.events(of: "other").allSatisfy { ["start", "end"].contains($0.type) })
    }
}
