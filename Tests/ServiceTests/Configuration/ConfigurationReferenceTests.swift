import Foundation
import Testing

@testable import Service

/// docs/configuration.md: its tables are those that the readers make, and its example is valid.
///
/// `LOOKOUT_UPDATE_DOCS=1 swift test --filter ConfigurationReferenceTests` writes the tables anew.
@Suite(.timeLimit(.minutes(10))) struct ConfigurationReferenceTests {
    private static let begin = "<!-- begin: configuration keys -->\n"
    private static let end = "<!-- end: configuration keys -->\n"

    private let file: URL
    private let text: String

    init() throws {
        let checkout = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        file = checkout.appendingPathComponent("docs/configuration.md")
        text = try String(contentsOf: file, encoding: .utf8)
    }

    @Test func theTablesAreInStep() throws {
        let begin = try #require(text.range(of: Self.begin))
        let end = try #require(text.range(of: Self.end))
        let tables = "\n" + ConfigurationReference.markdown() + "\n"
        if ProcessInfo.processInfo.environment["LOOKOUT_UPDATE_DOCS"] == "1" {
            let updated = text.replacingCharacters(in: begin.upperBound..<end.lowerBound, with: tables)
            try updated.write(to: file, atomically: true, encoding: .utf8)
        } else {
            #expect(
                text[begin.upperBound..<end.lowerBound] == tables,
                "run LOOKOUT_UPDATE_DOCS=1 swift test --filter ConfigurationReferenceTests")
        }
    }

    @Test func theExamplesAreValid() throws {
        let blocks = text.components(separatedBy: "```yaml\n").dropFirst().compactMap {
            $0.components(separatedBy: "```").first
        }
        #expect(!blocks.isEmpty)
        for block in blocks {
            let read = try ConfigurationFile(yaml: Array(block.utf8), path: "example")
            #expect(read.warnings.isEmpty, "\(read.warnings)")
        }
    }

    @Test func everyKeyHasAMeaningAndASentenceEnds() {
        let entries = ConfigurationReference.entries()
        #expect(entries.allSatisfy { !$0.values.isEmpty && $0.meaning.hasSuffix(".") })
        #expect(Set(entries.map(\.path)).count == entries.count)
    }

    @Test func theDefaultsAreThoseOfTheConfiguration() throws {
        let entries = Dictionary(uniqueKeysWithValues: ConfigurationReference.entries().map { ($0.path, $0) })
        #expect(entries["workers"]?.initial == "auto" && entries["workers"]?.oldName == "lanes")
        #expect(entries["events.log.fsync_interval"]?.initial == "5s")
        #expect(entries["events.socket.mode"]?.initial == "\"0660\"")
        #expect(entries["defaults.clear_after"]?.initial == "2s" && entries["defaults.min_gap"]?.initial == "0")
        #expect(entries["defaults.max_length"]?.initial == "off" && entries["defaults.labels"]?.initial == "all")
        #expect(entries["defaults.regions.*.enter"]?.initial == "inherited")
        #expect(entries["defaults.fps"]?.initial == "2" && entries["defaults.max_frame_size"]?.initial == "4096x2304")
    }
}
