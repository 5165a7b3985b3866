import Testing

@testable import Capture

/// When a live stream has become something that its decoder makes nothing of.
@Suite(.timeLimit(.minutes(10))) struct StallDetectorTests {
    /// A stream of so many frames, so far apart, and then packets only.
    private static func hasEnded(frames: Int, interval: Double, packets: Int, after seconds: Double) -> Bool {
        var flow = StallDetector()
        for index in 0..<frames {
            flow.notePacket()
            flow.noteFrame(at: Double(index) * interval)
        }
        for _ in 0..<packets { flow.notePacket() }
        return flow.hasEnded(at: Double(max(0, frames - 1)) * interval + seconds)
    }

    @Test func packetsWithoutFramesAreTheEnd() {
        #expect(Self.hasEnded(frames: 100, interval: 0.04, packets: 62, after: 2.5))
    }

    @Test func whatMayStillComeIsWaitedFor() {
        #expect(!Self.hasEnded(frames: 100, interval: 0.04, packets: 62, after: 2.4), "not for long enough")
        #expect(
            !Self.hasEnded(frames: 100, interval: 0.04, packets: 3, after: 20),
            "nothing comes: that is a time-out's affair")
        #expect(!Self.hasEnded(frames: 100, interval: 1, packets: 20, after: 20), "it is slow by itself")
        #expect(!Self.hasEnded(frames: 3, interval: 0.04, packets: 250, after: 10), "it has hardly begun")
        #expect(!Self.hasEnded(frames: 0, interval: 0.04, packets: 250, after: 10), "the first key frame may be far")
    }
}
