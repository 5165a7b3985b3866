import Foundation
import Glibc
import Testing

/// Options of event detection, and old spellings, which stay valid with a warning.
@Suite(.enabled(if: Lookout.hasMedia, Lookout.noMedia), .timeLimit(.minutes(20))) struct DetectionOptionsTests {
    /// Types and reasons of the streetcar's events in the clip.
    private func streetcar(_ options: String...) throws -> [(type: String, reason: String?)] {
        let outcome = try Lookout.run(
            Lookout.path, ["analyze", "--labels", "streetcar"] + options + [Lookout.bikes])
        try #require(outcome.status == 0, "\(outcome.errors)")
        return try outcome.output.split(separator: "\n").map { line in
            let record = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
            return (try #require(record["type"] as? String), record["reason"] as? String)
        }
    }

    @Test func anEventEndsAtItsMaximumLength() throws {
        let whole = try streetcar()
        #expect(whole.map(\.type) == ["start", "end"] && whole.last?.reason == "cleared")
        let parts = try streetcar("--max-length", "500ms", "--hold", "0")
        #expect(parts.count > 2 && parts.contains { $0.reason == "max_length" }, "\(parts)")
    }

    @Test func theMinimumGapKeepsTheNextEventBack() throws {
        let events = try streetcar("--max-length", "500ms", "--hold", "0", "--min-gap", "1m")
        #expect(events.map(\.type) == ["start", "end"] && events.last?.reason == "max_length", "\(events)")
    }

    @Test func oldSpellingsAreValidWithAWarning() throws {
        let new = try Lookout.run("analyze", "--clear-after", "1", "--workers", "1", Lookout.bikes)
        let old = try Lookout.run("analyze", "--gone", "1", "--jobs", "1", Lookout.bikes)
        #expect(new.status == 0 && new.errors.isEmpty, "\(new.errors)")
        #expect(old.status == 0 && !old.output.isEmpty && old.output == new.output)
        #expect(
            Set(old.complaints) == [
                "lookout: warning: --gone is deprecated; use --clear-after",
                "lookout: warning: --jobs is deprecated; use --workers",
            ], "\(old.errors)")
        let short = try Lookout.run("analyze", "-j", "1", "--clear-after", "1", Lookout.bikes)
        #expect(short.output == new.output && short.errors.isEmpty, "\(short.errors)")
    }

    @Test func regionsHaveTheSameKeysAndTheirOldSpellings() throws {
        let regions = ["--region", "a=0,0,1,1;gone=1", "--region", "b=0,0,1,1;gone=1"]
        let old = try Lookout.run(Lookout.path, ["watch"] + regions + [Lookout.coffee])
        #expect(old.status == 0)
        #expect(old.complaints == ["lookout: warning: --region: gone is deprecated; use clear_after"])
        let new = try Lookout.run(
            "watch", "--region", "a=0,0,1,1;clear_after=1;min_gap=5s;max_length=1m", Lookout.coffee)
        #expect(new.status == 0 && new.errors.isEmpty, "\(new.errors)")
        let wrong = try Lookout.run("watch", "--region", "a=0,0,1,1;min_gap=5x", Lookout.coffee)
        #expect(wrong.status == EX_USAGE && wrong.errors.contains("--region: a: min_gap is a time"), "\(wrong.errors)")
    }
}
