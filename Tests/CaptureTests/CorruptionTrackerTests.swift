import Testing

@testable import Capture

/// Which frames are trusted. One line a case: `K` a frame decoded from itself, `p` one that leans on
/// others, `d` one that the decoder calls damaged, `!` a packet that cannot be decoded.
@Suite struct CorruptionTrackerTests {
    struct Case: CustomStringConvertible, Sendable {
        var description: String
        var pictures: String
        /// The same, with a dot for each frame that is not trusted.
        var trusted: String
        /// First and last second of each stretch, and how many frames are left out.
        var stretches: [String]
    }

    static let cases = [
        Case(description: "a sound recording", pictures: "KpppKppp", trusted: "KpppKppp", stretches: []),
        Case(
            description: "damage lasts to the next key frame", pictures: "KpdppKpp", trusted: "Kp...Kpp",
            stretches: ["2-5: 3"]),
        Case(
            description: "a lost packet spoils what follows", pictures: "Kp!pppKp", trusted: "Kp!...Kp",
            stretches: ["2-6: 3"]),
        Case(description: "a damaged key frame ends nothing", pictures: "KdKp", trusted: "K.Kp", stretches: ["1-2: 1"]),
        Case(
            description: "two stretches are told apart", pictures: "KdpKpdpK", trusted: "K..Kp..K",
            stretches: ["1-3: 2", "5-7: 2"]),
        Case(description: "a stretch at the end", pictures: "Kppdp", trusted: "Kpp..", stretches: ["3-4: 2"]),
        Case(description: "a stretch at the beginning", pictures: "ddKp", trusted: "..Kp", stretches: ["0-2: 2"]),
        Case(
            description: "a recording cut out of a stream begins with its first key frame", pictures: "!!KppK",
            trusted: "!!KppK", stretches: []),
        Case(
            description: "without key frames, trust comes back after a while", pictures: "Kdppppppppp",
            trusted: "K......pppp", stretches: ["1-7: 6"]),
        Case(
            description: "every frame is one when all stand alone", pictures: "KK!KKdKK", trusted: "KK!KK.KK",
            stretches: ["2-3: 0", "5-6: 1"]),
    ]

    @Test(arguments: cases)
    func picturesAfterDamageAreNotTrusted(_ example: Case) {
        var tracker = CorruptionTracker()
        var trusted = ""
        for (second, letter) in example.pictures.enumerated() {
            if letter == "!" {
                tracker.recordCorruption(at: Double(second))
                trusted.append("!")
            } else {
                let accepted = tracker.accepts(time: Double(second), isKey: letter == "K", isCorrupt: letter == "d")
                trusted.append(accepted ? letter : ".")
            }
        }
        #expect(trusted == example.trusted)
        #expect(tracker.damage.stretches.map { "\(Int($0.start))-\(Int($0.end)): \($0.frames)" } == example.stretches)
    }

    @Test func picturesThatComeLateFromBeforeTheDamageAreTrusted() {
        var tracker = CorruptionTracker()
        tracker.recordCorruption(at: 5)
        let accepted = [3.0, 4, 5].map { tracker.accepts(time: $0, isKey: false, isCorrupt: false) }
        #expect(accepted == [true, true, false])
        #expect(tracker.damage.frames == 1)
    }

    @Test func timeThatBeginsAnewDoesNotMakeSoundPicturesSuspicious() {
        var tracker = CorruptionTracker()
        for second in 0..<5 { _ = tracker.accepts(time: Double(second), isKey: second == 0, isCorrupt: second == 4) }
        // The recording is followed by another, whose only key frame is its first.
        for second in 0..<20 {
            let isTrusted = tracker.accepts(time: Double(second), isKey: second == 0, isCorrupt: false)
            #expect(isTrusted, "\(second)")
        }
        #expect(tracker.damage.stretches.allSatisfy { $0.end - $0.start < 5 })
    }

    @Test func aJumpForwardIsNoStretch() {
        var tracker = CorruptionTracker()
        _ = tracker.accepts(time: 0, isKey: true, isCorrupt: false)
        _ = tracker.accepts(time: 1, isKey: false, isCorrupt: true)
        _ = tracker.accepts(time: 90_000, isKey: true, isCorrupt: false)
        #expect(tracker.damage.stretches.allSatisfy { $0.end - $0.start < 5 })
        #expect(tracker.damage.frames == 1)
    }
}
