import Testing

@testable import Capture

/// Which frames are accepted. One line a case: `K` a frame decoded from itself, `p` one that leans on
/// others, `d` one that the decoder calls corrupt, `!` a packet that cannot be decoded.
@Suite(.timeLimit(.minutes(10))) struct CorruptionTrackerTests {
    struct Case: CustomStringConvertible, Sendable {
        var description: String
        var frames: String
        /// The same, with a dot for each frame that is not accepted.
        var accepted: String
        /// First and last second of each segment, and how many frames are left out.
        var segments: [String]
    }

    static let cases = [
        Case(description: "a sound recording", frames: "KpppKppp", accepted: "KpppKppp", segments: []),
        Case(
            description: "corruption lasts to the next key frame", frames: "KpdppKpp", accepted: "Kp...Kpp",
            segments: ["2-5: 3"]),
        Case(
            description: "a lost packet spoils what follows", frames: "Kp!pppKp", accepted: "Kp!...Kp",
            segments: ["2-6: 3"]),
        Case(description: "a corrupt key frame ends nothing", frames: "KdKp", accepted: "K.Kp", segments: ["1-2: 1"]),
        Case(
            description: "two segments are told apart", frames: "KdpKpdpK", accepted: "K..Kp..K",
            segments: ["1-3: 2", "5-7: 2"]),
        Case(description: "a segment at the end", frames: "Kppdp", accepted: "Kpp..", segments: ["3-4: 2"]),
        Case(description: "a segment at the beginning", frames: "ddKp", accepted: "..Kp", segments: ["0-2: 2"]),
        Case(
            description: "a recording cut out of a stream begins with its first key frame", frames: "!!KppK",
            accepted: "!!KppK", segments: []),
        Case(
            description: "without key frames, trust comes back after a while", frames: "Kdppppppppp",
            accepted: "K......pppp", segments: ["1-7: 6"]),
        Case(
            description: "every frame is one when all stand alone", frames: "KK!KKdKK", accepted: "KK!KK.KK",
            segments: ["2-3: 0", "5-6: 1"]),
    ]

    @Test(arguments: cases)
    func framesAfterCorruptionAreDropped(_ example: Case) {
        var tracker = CorruptionTracker()
        var result = ""
        for (second, letter) in example.frames.enumerated() {
            if letter == "!" {
                tracker.recordCorruption(at: Double(second))
                result.append("!")
            } else {
                let accepted = tracker.accepts(time: Double(second), isKey: letter == "K", isCorrupt: letter == "d")
                result.append(accepted ? letter : ".")
            }
        }
        #expect(result == example.accepted)
        #expect(tracker.corruption.segments.map { "\(Int($0.start))-\(Int($0.end)): \($0.frames)" } == example.segments)
    }

    @Test func lateFramesFromBeforeTheCorruptionAreKept() {
        var tracker = CorruptionTracker()
        tracker.recordCorruption(at: 5)
        let accepted = [3.0, 4, 5].map { tracker.accepts(time: $0, isKey: false, isCorrupt: false) }
        #expect(accepted == [true, true, false])
        #expect(tracker.corruption.frames == 1)
    }

    @Test func timeThatBeginsAnewDropsNoIntactFrames() {
        var tracker = CorruptionTracker()
        for second in 0..<5 { _ = tracker.accepts(time: Double(second), isKey: second == 0, isCorrupt: second == 4) }
        // The recording is followed by another, whose only key frame is its first.
        for second in 0..<20 {
            let isAccepted = tracker.accepts(time: Double(second), isKey: second == 0, isCorrupt: false)
            #expect(isAccepted, "\(second)")
        }
        #expect(tracker.corruption.segments.allSatisfy { $0.end - $0.start < 5 })
    }

    @Test func aJumpForwardIsNoSegment() {
        var tracker = CorruptionTracker()
        _ = tracker.accepts(time: 0, isKey: true, isCorrupt: false)
        _ = tracker.accepts(time: 1, isKey: false, isCorrupt: true)
        _ = tracker.accepts(time: 90_000, isKey: true, isCorrupt: false)
        #expect(tracker.corruption.segments.allSatisfy { $0.end - $0.start < 5 })
        #expect(tracker.corruption.frames == 1)
    }
}
