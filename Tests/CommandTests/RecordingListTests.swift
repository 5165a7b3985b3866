import Foundation
import Glibc
import TestSupport
import Testing

/// `lookout analyze` with folders, patterns and lists of recordings.
@Suite(.enabled(if: Recording.isAvailable && Lookout.hasMedia, Recording.reason), .timeLimit(.minutes(20)))
struct RecordingListTests {
    /// Calls `body` with a folder of four recordings, and other files.
    private static func withArchive(_ body: (_ folder: String) throws -> Void) throws {
        try Recording.with { _, clip in
            try Lookout.withFolder { folder in
                let archive = folder + "/archive"
                for path in [
                    "a/2026-11-20_08-00-00.mkv", "a/2026-11-20_09-00-00.MKV", "b/c/2026-11-21_08-00-00.mkv",
                    "b/x y.mkv",
                    "b/.hidden.mkv", "b/notes.txt",
                ] {
                    let url = URL(fileURLWithPath: "\(archive)/\(path)")
                    try FileManager.default.createDirectory(
                        at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
                    try FileManager.default.copyItem(atPath: clip, toPath: url.path)
                }
                // A link into the folder above would otherwise be followed for ever.
                try FileManager.default.createSymbolicLink(atPath: archive + "/b/loop", withDestinationPath: archive)
                try body(archive)
            }
        }
    }

    /// Names of the recordings that were analyzed, in their order, and the first time of each.
    ///
    /// - Parameter input: file for standard input.
    private static func analyzed(
        _ arguments: [String], input: String = "/dev/null"
    ) throws -> (names: [String], times: [String], outcome: (status: Int32, errors: String)) {
        let outcome = try Lookout.run(
            "/bin/sh",
            [
                "-c", "input=$1; shift; exec \"$0\" analyze \"$@\" < \"$input\"", Lookout.path, input, "--model",
                Lookout.model, "--fps", "1", "--samples", "-", "--events", "/dev/null",
            ] + arguments, environment: ["TZ": "UTC"])
        var names: [String] = []
        var times: [String] = []
        for line in outcome.output.split(separator: "\n") {
            let record = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
            let name = try #require(record["source"] as? String).split(separator: "/").last.map(String.init) ?? ""
            if names.last != name {
                names.append(name)
                times.append(record["time"] as? String ?? "")
            }
        }
        return (names, times, (outcome.status, outcome.errors))
    }

    @Test func aFolderStandsForItsRecordingsInOrder() throws {
        try Self.withArchive { archive in
            let names = ["2026-11-20_08-00-00.mkv", "2026-11-20_09-00-00.MKV", "2026-11-21_08-00-00.mkv", "x y.mkv"]
            let all = try Self.analyzed([archive]).names
            #expect(all == names)
            let some = try Self.analyzed([archive + "/b/", archive + "/a/2026-11-20_08-00-00.mkv"]).names
            #expect(some == [names[2], names[3], names[0]])
            let matching = try Self.analyzed([archive + "/a/*08*.mkv"]).names
            #expect(matching == [names[0]])
        }
    }

    @Test(arguments: ["\n", "\0"]) func aListNamesRecordings(separator: String) throws {
        try Self.withArchive { archive in
            let list = ["\(archive)/b/x y.mkv", "\(archive)/a/2026-11-20_08-00-00.mkv", ""].joined(separator: separator)
            let file = archive + "/list"
            try Data(list.utf8).write(to: URL(fileURLWithPath: file))
            let names = ["x y.mkv", "2026-11-20_08-00-00.mkv"]
            let ofFile = try Self.analyzed(["--files-from", file]).names
            #expect(ofFile == names)
            let ofInput = try Self.analyzed(["--files-from", "-"], input: file).names
            #expect(ofInput == names)
        }
    }

    @Test func namesHaveTheTimeAndAnIntervalSelects() throws {
        try Self.withArchive { archive in
            let pattern = ["--name-time", "%Y-%m-%d_%H-%M-%S"]
            let all = try Self.analyzed(pattern + [archive + "/a"])
            #expect(all.times == ["2026-11-20T08:00:00.000Z", "2026-11-20T09:00:00.000Z"])
            let late = try Self.analyzed(pattern + ["--since", "2026-11-20T08:30:00Z", archive + "/a"])
            #expect(late.names == ["2026-11-20_09-00-00.MKV"] && late.outcome.status == 0)
            let part = try Self.analyzed(
                pattern + ["--since", "2026-11-20T08:00:02Z", "--until", "2026-11-20T08:30:00Z", archive])
            #expect(part.times == ["2026-11-20T08:00:02.000Z"])
        }
    }

    @Test func whatIsNotThereIsSaid() throws {
        try Lookout.withFolder { folder in
            let empty = folder + "/list"
            try Data("\n\n".utf8).write(to: URL(fileURLWithPath: empty))
            for (arguments, message) in [
                ([folder], "no recording in this folder"),
                ([folder + "/*.mp4"], "no file has a name of this pattern"),
                (["--files-from", empty], "there is no file in this list"),
            ] {
                let outcome = try Lookout.run(Lookout.path, ["analyze"] + arguments)
                #expect(outcome.status == EX_NOINPUT && outcome.errors.contains(message), "\(outcome.errors)")
            }
            for (arguments, message) in [
                ([], "Missing expected argument '<files> ...'"),
                (["--name-time", "%H", "a.mp4"], "it has no date"),
                (["--start", "2026-11-20T08:00:00Z", "--name-time", "%s", "a.mp4"], "exclude each other"),
                (
                    ["--since", "2026-11-20T08:00:00Z", "--until", "2026-11-20T08:00:00Z", "a.mp4"],
                    "--until must be after --since."
                ),
            ] {
                let outcome = try Lookout.run(Lookout.path, ["analyze"] + arguments)
                #expect(outcome.status == EX_USAGE && outcome.errors.contains(message), "\(outcome.errors)")
            }
        }
    }
}
