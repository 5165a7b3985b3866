import Events
import Foundation
import Testing
import Watch

@testable import Service

/// Config/lookout.yaml is the reference: what it says has to be so.
@Suite(.timeLimit(.minutes(10))) struct SampleConfigurationTests {
    private let text: String
    /// The file with every key that is commented out.
    private let complete: ConfigurationFile
    private let keys = Set(ConfigurationReference.entries().map(\.path))

    init() throws {
        let checkout = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        text = try String(contentsOf: checkout.appendingPathComponent("Config/lookout.yaml"), encoding: .utf8)
        complete = try ConfigurationFile(yaml: Array(Self.uncommented(text).utf8), path: "lookout.yaml")
    }

    /// Keys are behind a `#` without a space, explanations behind one with a space.
    private static func uncommented(_ text: String) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            let indentation = line.prefix { $0 == " " }
            let rest = line.dropFirst(indentation.count)
            let isKey = rest.hasPrefix("#") && rest.dropFirst().first.map { $0 != " " } == true
            return String(isKey ? indentation + rest.dropFirst() : line)
        }.joined(separator: "\n")
    }

    @Test func itIsValidAndChangesNothing() throws {
        let file = try ConfigurationFile(yaml: Array(text.utf8), path: "lookout.yaml")
        #expect(file.configuration == Configuration())
        #expect(file.warnings.isEmpty && complete.warnings.isEmpty)
    }

    @Test func itsDefaultsAreTheRealOnes() {
        var stated = complete.configuration
        stated.sources = []
        #expect(stated == Configuration())
    }

    @Test func everyKeyIsInIt() {
        // The values behind names, and the keys that the file explains for a source.
        let found = Set(complete.found.map { $0.key.replacing("sources.*.", with: "defaults.") })
        let missing = keys.subtracting(found).filter { !$0.hasSuffix(".*") && !found.contains("sources.*." + $0) }
        // One of two keys that exclude each other is in the comment.
        let own = ["address", "credentials", "enabled"].map { "sources.*.\($0)" }
        #expect(missing.subtracting(own).sorted() == ["events.log.fsync_interval"])
        #expect(text.contains("(fsync_interval: 5s)") && EventLog.Settings.Fsync.standardInterval == 5)
        #expect(keys.count > 80)
    }

    @Test func everyKeyIsExplainedWithItsRange() {
        let lines = Self.uncommented(text).components(separatedBy: "\n")
        var explained = 0
        for found in complete.found where !isExplainedElsewhere(found.key) {
            var comment = ""
            for line in lines[..<(found.line - 1)].reversed() {
                let line = line.drop { $0 == " " }
                guard line.hasPrefix("# ") else { break }
                comment = line.dropFirst(2) + " " + comment
            }
            #expect(comment.contains(found.wanted), "\(found.key) in line \(found.line): \(found.wanted)")
            explained += 1
        }
        #expect(explained > 60)
    }

    private func isExplainedElsewhere(_ key: String) -> Bool {
        let inSource = key.hasPrefix("sources.*.") && keys.contains("defaults." + key.dropFirst(10))
        let inRegion = key.hasPrefix("sources.*.regions.*.") && keys.contains("defaults." + key.dropFirst(20))
        return inSource || inRegion || key.hasPrefix("sources.*.overrides.*.")
    }
}
