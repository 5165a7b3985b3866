import Foundation
import Glibc
import TestSupport
import Testing

/// Images and videos show what was seen, and change no event.
@Suite(
    .enabled(if: SharedDetector.isThere, "../shared is not there: no detector and no clips"), .timeLimit(.minutes(20)))
struct AnnotationTests {
    private static func withModel(_ body: (_ model: String, _ folder: String) throws -> Void) throws {
        try Lookout.withFolder { folder in try body(try SharedDetector.imported(to: folder), folder) }
    }

    private static func analyze(_ model: String, _ arguments: [String]) throws -> (
        events: [[String: Any]], errors: String
    ) {
        let outcome = try Lookout.run(
            Lookout.path,
            ["analyze", "--json", "--model", model, "--classify", "off", "--line", "middle=0,0.5,1,0.5"] + arguments
                + [SharedDetector.oneCar])
        #expect(outcome.status == 0, "\(outcome.errors)")
        let events = try outcome.output.split(separator: "\n").map {
            try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
        }
        return (events, outcome.errors)
    }

    /// The name of the file is the only difference.
    @Test func imagesChangeNoEvent() throws {
        try Self.withModel { model, folder in
            let plain = try Self.analyze(model, []).events
            let paths = ["--annotate", folder + "/out.mp4", "--snapshots", folder + "/images"]
            for workers in ["1", "3"] {
                var events = try Self.analyze(model, paths + ["--workers", workers]).events
                let names = events.compactMap { $0["snapshot"] as? String }
                #expect(names.count == events.count { $0["type"] as? String == "end" } && !names.isEmpty)
                for place in events.indices { events[place]["snapshot"] = nil }
                #expect(NSArray(array: events) == NSArray(array: plain), "\(workers) workers")
                for name in names {
                    let base = "\(folder)/images/\(name)"
                    for path in [base, base.replacingOccurrences(of: ".jpg", with: "-crop.jpg")] {
                        let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
                        #expect(bytes.starts(with: [0xFF, 0xD8]), "\(path) is a JPEG")
                    }
                }
            }
        }
    }

    @Test func theVideoHasEachSampledFrame() throws {
        try Self.withModel { model, folder in
            let (video, samples) = (folder + "/out.mp4", folder + "/samples")
            _ = try Self.analyze(model, ["--annotate", video, "--samples", samples, "--crops", "0"])
            let count = try String(contentsOfFile: samples, encoding: .utf8).split(separator: "\n").count
            let probe = try Lookout.run(
                "/usr/bin/ffprobe",
                [
                    "-v", "error", "-count_frames", "-show_entries", "stream=nb_read_frames,codec_name", "-of",
                    "csv=p=0",
                    video,
                ])
            let fields = probe.output.trimmingCharacters(in: .whitespacesAndNewlines).split(separator: ",")
            #expect(["h264", "mpeg4"].contains(fields.first) && fields.last.flatMap { Int($0) } == count, "\(probe)")
        }
    }

    /// A small file system, which the images fill. Mounting it needs root.
    @Test func aFullDiskLosesImagesAndNoEvent() throws {
        try Self.withModel { model, folder in
            let disk = folder + "/disk"
            try FileManager.default.createDirectory(atPath: disk, withIntermediateDirectories: true)
            let mounted = try Lookout.run("/usr/bin/env", ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", disk])
            guard geteuid() == 0, mounted.status == 0 else {
                return print("skipped: a small file system cannot be mounted here")
            }
            defer { _ = try? Lookout.run("/usr/bin/env", ["umount", "-l", disk]) }
            let plain = try Self.analyze(model, []).events
            try Data(count: 60_000).write(to: URL(fileURLWithPath: disk + "/ballast"))
            let full = try Self.analyze(model, ["--snapshots", disk])
            #expect(full.events.map { $0["type"] as? String } == plain.map { $0["type"] as? String })
            #expect(full.errors.contains("the image of an object cannot be written: No space left on device"))
            let left = try FileManager.default.contentsOfDirectory(atPath: disk)
            #expect(!left.contains { $0.hasSuffix(".partial") }, "\(left)")
        }
    }

    /// A recording that is played in real time; frames without motion are in the video, too.
    @Test func watchWritesAVideoToo() throws {
        try Self.withModel { model, folder in
            let video = folder + "/out.mp4"
            let outcome = try Lookout.run(
                Lookout.path,
                [
                    "watch", "--model", model, "--classify", "off", "--fps", "2", "--annotate", video, "--snapshots",
                    folder + "/images", SharedDetector.oneCar,
                ])
            #expect(outcome.status == 0, "\(outcome.errors)")
            let probe = try Lookout.run(
                "/usr/bin/ffprobe",
                ["-v", "error", "-count_frames", "-show_entries", "stream=nb_read_frames", "-of", "csv=p=0", video])
            let count = Int(probe.output.trimmingCharacters(in: .whitespacesAndNewlines)) ?? 0
            #expect((5...12).contains(count), "\(probe)")
            #expect(outcome.output.contains("\"snapshot\":\""), "\(outcome.output)")
        }
    }

    @Test func whatCannotWorkIsSaidBeforeTheAnalysis() throws {
        for (arguments, message) in [
            (
                ["--annotate", "out.txt", "a.mp4"],
                "--annotate out.txt: the name of the video ends in .mp4, .mkv, .mov, .m4v, .avi, .ts."
            ),
            (["--annotate", "out.mp4", "a.mp4", "b.mp4"], "--annotate shows one source; there are 2."),
        ] {
            let outcome = try Lookout.run(Lookout.path, ["analyze"] + arguments)
            #expect(outcome.status == EX_USAGE && outcome.errors.contains(message), "\(outcome.errors)")
        }
        try Self.withModel { model, folder in
            let outcome = try Lookout.run(
                Lookout.path, ["analyze", "--model", model, "--snapshots", folder + "/a/b", SharedDetector.oneCar])
            #expect(outcome.status != 0 && outcome.errors.contains("no images can be written to this folder"))
            let video = try Lookout.run(
                Lookout.path,
                ["analyze", "--model", model, "--annotate", folder + "/a/b.mp4", SharedDetector.oneCar])
            #expect(video.status == EX_CANTCREAT && video.output == "", "nothing is analyzed before")
            #expect(video.errors.contains("/a/b.mp4: the video cannot be written: No such file or directory"))
            let same = try Lookout.run(
                Lookout.path,
                ["analyze", "--model", model, "--annotate", SharedDetector.oneCar, SharedDetector.oneCar])
            #expect(same.errors.contains("cannot be read and written to at the same time"), "\(same.errors)")
        }
    }
}
