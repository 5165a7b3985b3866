import Foundation
import Testing

/// Rules that every suite of the tests follows.
@Suite(.timeLimit(.minutes(20))) struct SuiteTests {
    /// A test that hangs must not hang CI.
    @Test func everySuiteHasATimeLimit() throws {
        let tests = Lookout.checkout.appendingPathComponent("Tests")
        let files = try #require(FileManager.default.enumerator(at: tests, includingPropertiesForKeys: nil))
            .compactMap { $0 as? URL }.filter { $0.pathExtension == "swift" }
        var count = 0
        for file in files {
            let lines = try String(contentsOf: file, encoding: .utf8).components(separatedBy: "\n")
            for (index, line) in lines.enumerated() where line.hasPrefix("@Suite") {
                // The traits are between the attribute and the type, which may be lines below.
                let end = lines[index...].firstIndex { $0.contains(#/\b(struct|class|enum|actor) \w+/#) } ?? index
                let traits = lines[index...end].joined(separator: "\n")
                #expect(traits.contains(".timeLimit("), "\(file.lastPathComponent), line \(index + 1): \(line)")
                count += 1
            }
        }
        #expect(count > 100)
    }
}
