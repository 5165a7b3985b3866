import TestSupport
import Testing

@testable import Service

/// Whatever is done to a configuration, it is read or refused, soon, and its secrets stay where they are.
@Suite(.serialized, .timeLimit(.minutes(10))) struct MutatedConfigurationTests {
    /// What takes longer than this hangs. It says nothing of speed: machines are busy, and sanitizers slow.
    private static let hang = Duration.seconds(120)

    private static let seeds = [
        """
        model: efficientnet-lite0
        groups: {cat: [tabby, "tiger cat"]}
        log: {level: info, repeat: 60s}
        events:
          log: {path: /var/log/lookout/events.jsonl, rotate_size: 100MB, fsync: interval, fsync_interval: 5s}
          socket: {mode: "0660", backlog: 10000}
        metrics: {listen: "127.0.0.1:9190", interval: 15s}
        """,
        """
        defaults:
          fps: 2
          enter: 0.4
          overrides: {cat: {enter: 0.3, hold: 1s}}
          motion: {sensitivity: 0.5, masks: {road: [[0, 0], [1, 0], [1, 0.1]]}}
          regions:
            gate: {at: [0, 0, 0.5, 1], labels: [cat, dog]}
          tiles: {columns: 3, rows: 2}
        sources:
          door: rtsp://user:hunter2@camera.local/stream?key=hunter2
          yard: {address: /dev/video0, camera: {size: 640x480, controls: {power line frequency: 50 Hz}}}
        """,
        "sources: {a: [}\ndefaults: &x {fps: *x, <<: *x}\n\"door\": !!str 'x'\n? |\n  block\n: >-\n  folded\nmodel: a\nmodel: b\n",
    ].map { Array($0.utf8) }

    private static let pieces: [[UInt8]] =
        [
            "\n", "\n  ", "\t", ": ", "- ", "? ", "{", "}", "[", "]", ",", "#", "&a ", "*a", "!!str ", "!", "|", ">",
            "'", "\"", "%", "@", "\\", "\\u0000",
            "---\n", "...\n", "\r", "\u{FEFF}", "\u{2028}", "\u{E001}", "\u{F0061}", "~", "<<: ",
            "99999999999999999999", "-1", "1e999", "nan", "0x7f", "é",
        ].map { Array($0.utf8) } + [[0], [0xFF], [0xC3], [0xED, 0xA0, 0x80]]

    private static func mutated(_ random: inout SplitMix64) -> [UInt8] {
        var bytes = seeds[Int.random(in: 0..<seeds.count, using: &random)]
        for _ in 0..<Int.random(in: 1...4, using: &random) {
            let place = Int.random(in: 0...bytes.count, using: &random)
            let end = min(bytes.count, place + Int.random(in: 0...12, using: &random))
            switch Int.random(in: 0..<5, using: &random) {
            case 0: bytes.replaceSubrange(place..<end, with: [])
            case 1: bytes.insert(contentsOf: pieces[Int.random(in: 0..<pieces.count, using: &random)], at: place)
            case 2: bytes.replaceSubrange(place..<end, with: pieces[Int.random(in: 0..<pieces.count, using: &random)])
            case 3: bytes.insert(contentsOf: bytes[place..<end], at: Int.random(in: 0...bytes.count, using: &random))
            default: if place < bytes.count { bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random) }
            }
        }
        return bytes
    }

    @Test func noneOfTenThousandCrashesOrHangs() {
        var random = SplitMix64(state: 20_261_122)
        let clock = ContinuousClock()
        var refused = 0
        var longest = Duration.zero
        for _ in 0..<10_000 {
            let bytes = Self.mutated(&random)
            var lines: [String] = []
            longest = max(longest, clock.measure { lines = BadConfiguration.lines(bytes) })
            refused += lines.isEmpty ? 0 : 1
            let isSound = lines.allSatisfy {
                $0.hasPrefix("lookout.yaml:") && !$0.contains("\n") && !$0.contains("hunter2") && $0.utf8.count < 600
            }
            #expect(isSound, "\(lines) of \(String(decoding: bytes, as: UTF8.self).debugDescription)")
        }
        #expect(refused > 5000 && refused < 10_000)
        #expect(longest < Self.hang)
    }

    @Test(arguments: [
        ("[", 100_000), ("{a: ", 100_000), ("- ", 200_000), ("? ", 200_000), ("a:\n", 100_000), ("*a ", 100_000),
        ("!a ", 100_000),
        ("&a ", 100_000), ("[]: ", 100_000), ("\"", 100_000), ("'", 100_001), ("#", 1_000_000), (" ", 1_000_000),
        ("\n", 1_000_000),
        ("a: b\n", 100_000), ("x", 1_000_000), ("- a\n", 100_000), ("a: {b: [", 900), ("%\n", 100_000),
        ("\u{E001}", 1000),
    ])
    func muchOfTheSameIsRefusedSoon(_ piece: String, _ count: Int) {
        let time = ContinuousClock().measure {
            let lines = BadConfiguration.lines(String(repeating: piece, count: count))
            #expect(lines.count <= 1001 && lines.allSatisfy { $0.utf8.count < 600 })
            #expect(!lines.isEmpty || ["#", " ", "\n"].contains(piece))
        }
        #expect(time < Self.hang)
    }

    @Test func aThousandThingsAreListedAndTheOthersCounted() {
        let yaml = (0..<50_000).map { "key\($0): b\n" }.joined()
        let time = ContinuousClock().measure {
            let lines = BadConfiguration.lines(yaml)
            #expect(lines.count == 1001)
            #expect(lines.last == "lookout.yaml:1000:1: 1000 problems are listed, 49000 more are not")
        }
        #expect(time < Self.hang)
    }

    /// A list of ten of a list of ten of a list of ten, and so on.
    @Test func aliasesOfAliasesAreNotFollowed() {
        var yaml = "a0: &a0 x\n"
        for level in 1...20 {
            let parts = [String](repeating: "*a\(level - 1)", count: 10).joined(separator: ", ")
            yaml += "a\(level): &a\(level) [\(parts)]\n"
        }
        let time = ContinuousClock().measure {
            #expect(BadConfiguration.lines(yaml).count == 21)
            #expect(BadConfiguration.lines(yaml + "? *a20\n: 1\n").count == 22)
            #expect(BadConfiguration.lines("model: \(yaml.dropFirst(4))").first?.contains("unknown key") == true)
        }
        #expect(time < Self.hang)
    }

    @Test(arguments: [
        "sources", "defaults: {regions", "defaults: {camera: {controls", "defaults: {overrides", "groups",
    ])
    func moreNamesThanAnybodyWrites(_ beginning: String) {
        let names = (0..<20_000).map { "a\($0): {}" }.joined(separator: ", ")
        let closers = String(repeating: "}", count: beginning.count { $0 == "{" })
        let time = ContinuousClock().measure {
            let lines = BadConfiguration.lines("\(beginning): {\(names)}\(closers)\n")
            #expect(lines.contains { $0.contains("there are 20000 names") })
        }
        #expect(time < Self.hang)
    }
}
