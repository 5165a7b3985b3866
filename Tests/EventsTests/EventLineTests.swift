import Testing

@testable import Events

/// The exact bytes of event records.
@Suite(.timeLimit(.minutes(10))) struct EventLineTests {
    static let composer = EventComposer(
        source: "door", region: "full", model: "mobilenet-v3-large", labels: ["tabby cat", "cab", "tiger cat"],
        targets: [
            LabelTarget(classes: [0, 2], group: "cat", thresholds: Thresholds(holdTime: 0, clearDelay: 0)),
            LabelTarget(classes: [1], group: nil, thresholds: Thresholds(holdTime: 0, clearDelay: 0)),
        ])
    static let epoch = Timestamp(milliseconds: 1_795_382_210_932)  // 2026-11-22T21:16:50.932Z

    @Test func startAndEndRecords() throws {
        var detector = EventDetector(targets: Self.composer.targets)
        var lines: [String] = []
        for (time, score) in [(12.48, 0.83), (12.68, 0.9), (12.88, 0)] {
            for change in detector.observe(
                scores: [Float(score), 0, 0], at: SampleTime(media: time, epoch: Self.epoch))
            {
                lines.append(Self.text(Self.composer.event(for: change).line(sequence: 1042 + lines.count)))
            }
        }
        #expect(lines.count == 2)
        let start = try #require(lines.first)
        #expect(start.hasPrefix(#"{"v":1,"seq":1042,"time":"2026-11-22T21:17:03.412Z","type":"start","id":""#))
        #expect(
            start.hasSuffix(
                #"","source":"door","region":"full","label":"tabby cat","group":"cat","score":0.83,"media":12.48,"model":"mobilenet-v3-large"}"#
            ))
        let end = try #require(lines.last)
        #expect(end.hasPrefix(#"{"v":1,"seq":1043,"time":"2026-11-22T21:17:03.612Z","type":"end","id":""#))
        #expect(
            end.hasSuffix(
                #""score":0.9,"media":12.68,"model":"mobilenet-v3-large","duration":0.2,"peak":0.9,"mean":0.865,"samples":2,"reason":"cleared"}"#
            ))
    }

    @Test func identifiersOfEventsAreUnique() {
        // Before 1970, at the same time, of classes with the same label, and with time stamps that start over.
        let twins = EventComposer(
            source: "door", region: "full", model: "m", labels: ["cat", "cat"],
            targets: [0, 1].map {
                LabelTarget(classes: [$0], group: nil, thresholds: Thresholds(holdTime: 0, clearDelay: 0))
            })
        var detector = EventDetector(targets: twins.targets)
        var names: [EventID] = []
        for media in [0, 1, 2, 0, 1, 2.0] {
            let time = SampleTime(media: media, epoch: Timestamp(milliseconds: -400_000_000_000))
            for change in detector.observe(scores: media == 1 ? [0, 0] : [1, 1], at: time) {
                if case .started = change { names.append(twins.event(for: change).id) }
            }
        }
        #expect(names.count == 8)
        #expect(Set(names).count == 8)
    }

    @Test func labelsWithoutAGroupHaveNoGroupMember() {
        var detector = EventDetector(targets: Self.composer.targets)
        let change = detector.observe(scores: [0, 1, 0], at: SampleTime(media: 0, epoch: Self.epoch))[0]
        let line = Self.text(Self.composer.event(for: change).line(sequence: 1))
        #expect(line.contains(#""label":"cab","score":1,"#))
        #expect(!line.contains("group"))
    }

    @Test func stringsAreEscaped() {
        var line = JSONLine()
        line.add("a\"b", "back\\slash \"quoted\" \n\r\t\u{1}\u{1F} ünï 🎥")
        #expect(Self.text(line) == #"{"a\"b":"back\\slash \"quoted\" \n\r\t\u0001\u001f ünï 🎥"}"#)
    }

    @Test func controlCharactersOfTerminalsAreEscaped() throws {
        var line = JSONLine()
        line.add("a", "\u{7F}\u{9B}2J\u{202E}\u{2028}\u{E0041}👩‍🚒")
        #expect(Self.text(line) == #"{"a":"\u007f\u009b2J\u202e\u2028\udb40\udc41👩‍🚒"}"#)
        let raw =
            Array(#"{"v":1,"seq":1,"type":"\n","source":""#.utf8) + Array("a\u{9B}\u{1B}é".utf8) + Array("\"}\n".utf8)
        let shown = LoggedLine.printable(raw)
        #expect(
            String(decoding: shown, as: UTF8.self) == #"{"v":1,"seq":1,"type":"\n","source":"a\u009b\u001bé"}"# + "\n")
        #expect(LoggedLine(shown)?.source == "a\u{9B}\u{1B}é")
        #expect(LoggedLine.printable(shown) == shown)
    }

    @Test func numbersAreRoundedWithoutTrailingZeros() {
        let cases: [(Double, Int, String)] = [
            (0, 3, "0"), (1, 3, "1"), (-1, 3, "-1"), (0.5, 3, "0.5"), (12.48, 3, "12.48"), (0.0004, 3, "0"),
            (0.0005, 3, "0.001"), (-0.0004, 3, "0"), (1234.5678, 2, "1234.57"), (0.1 + 0.2, 4, "0.3"),
            (99.9999, 3, "100"), (-0.25, 1, "-0.3"), (2, 0, "2"), (.nan, 3, "0"), (.infinity, 3, "0"),
        ]
        for (value, decimals, text) in cases {
            var line = JSONLine()
            line.add("n", value, decimals: decimals)
            #expect(Self.text(line) == "{\"n\":\(text)}", "\(value)")
        }
    }

    @Test func arraysAndObjectsNest() {
        var inner = JSONLine()
        inner.add("x", 1)
        var line = JSONLine()
        line.add("objects", [inner, inner])
        line.add("texts", ["a", "b"])
        line.add("none", [String]())
        line.add("flag", true)
        line.add("absent", nil as String?)
        #expect(Self.text(line) == #"{"objects":[{"x":1},{"x":1}],"texts":["a","b"],"none":[],"flag":true}"#)
    }

    private static func text(_ line: JSONLine) -> String { String(decoding: line.object, as: UTF8.self) }
}
