import Foundation
import TestSupport
import Testing

/// Runs the program with a camera that it has to refuse, and one without a fault: the first is lost once, with the
/// reason, and the other is not affected.
struct RefusalTrial {
    let name: String
    let reason: String

    /// Duration of the measurement, in seconds.
    private static let seconds = 6.0

    /// Runs the program, and prints a row of the table.
    ///
    /// - Parameters:
    ///   - camera: address of the camera that is refused.
    ///   - options: further arguments of the program.
    ///   - figure: checks further guarantees, and returns the measurement for the table.
    func run(
        camera: String, options: [String] = [], in folder: String, figure: (WatchProcess) throws -> String
    ) throws {
        let healthy = try FaultServer(try Scene.monotonic())
        defer { healthy.stop() }
        let watch = try WatchProcess(camera: camera, other: healthy.url, options: options, in: folder)
        defer { watch.kill() }
        let hasBegun = try TestTimeout.wait {
            try watch.samples(of: "other").count > 10 && !watch.events(of: "camera").isEmpty
        }
        try #require(hasBegun, "\(name): no samples or no event within \(TestTimeout.seconds) s: \(watch.errors)")
        let span = Span(of: watch)
        Trial.sleep(Self.seconds)  // the measurement
        let measured = try span.measure(.neverLost())
        print(measured.row(name, figure: try figure(watch)))
        withKnownIssue("other programs use the CPU", isIntermittent: true) {
            #expect(abs(measured.otherRate - 10) <= 0.5, "frames per second of the other camera")
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
