import Foundation
import Glibc
import TestSupport
import Testing

/// `lookout watch`, as its users run it.
@Suite(.enabled(if: Lookout.hasMedia, Lookout.noMedia), .timeLimit(.minutes(20))) struct WatchTests {
    @Test(.disabled(if: Lookout.isSlow, Lookout.slow)) func aRecordingIsWatchedAsIfItWereACamera() throws {
        try Lookout.withFolder { folder in
            let outcome = try Lookout.run(
                "watch", "--fps", "5", "--enter", "0.3", "--hold", "0", "--samples", folder + "/samples",
                "door=\(Lookout.bikes)")
            #expect(outcome.status == 0)
            #expect(outcome.errors.isEmpty, "nobody is looking: nothing to say")
            let samples = try Self.objects(String(contentsOfFile: folder + "/samples", encoding: .utf8))
            #expect((1...50).contains(samples.count))
            let lines = try Self.objects(outcome.output)
            // A machine with much else to do looks at fewer frames, and may see less.
            #expect(!lines.isEmpty || samples.count < 40)
            for line in lines { try Self.expectSense(line, samples) }
            #expect(lines.count { $0["type"] as? String == "start" } == lines.count { $0["type"] as? String == "end" })
        }
    }

    @Test(.disabled(if: Lookout.isSlow, Lookout.slow), .enabled(if: Recording.isAvailable, Recording.reason))
    func photosShownOneAfterTheOtherAreSeenAtOnce() throws {
        try Lookout.withFolder { folder in
            let clip = folder + "/photos.mp4"
            let photos = [Lookout.chelsea, Lookout.coffee, Lookout.chelsea, Lookout.coffee]
            try Recording.slides(photos, seconds: 2.5, to: clip)
            let outcome = try Lookout.run("watch", "--clear-after", "1", "door=file:\(clip)")
            #expect(outcome.status == 0, "\(outcome.errors)")
            let lines = try Self.objects(outcome.output)
            let starts = lines.filter { $0["type"] as? String == "start" }
            #expect(starts.map { $0["label"] as? String } == ["Egyptian cat", "espresso", "Egyptian cat", "espresso"])
            for (photo, start) in starts.enumerated() {
                // A sample every half second, and a second for a machine with much else to do.
                let late = (start["media"] as? Double ?? -1) - Double(photo) * 2.5
                #expect((-0.1...1.5).contains(late), "\(start)")
            }
            for end in lines where end["type"] as? String == "end" {
                let (samples, duration) = (end["samples"] as? Int ?? 0, end["duration"] as? Double ?? 0)
                #expect(samples >= 1 && Double(samples) <= duration * 2 + 1.1, "\(end)")
            }
        }
    }

    private static func objects(_ output: String) throws -> [[String: Any]] {
        try output.split(separator: "\n").map { line in
            try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
        }
    }

    /// What begins was seen in a frame that was looked at, as surely as it says. Live, the calendar is this machine's.
    private static func expectSense(_ line: [String: Any], _ samples: [[String: Any]]) throws {
        #expect(line["source"] as? String == "door")
        #expect(try #require(line["time"] as? String).prefix(4) >= "2026")
        guard line["type"] as? String == "start" else { return }
        let sample = try #require(samples.first { $0["media"] as? Double == line["media"] as? Double }, "\(line)")
        let scores = try #require(sample["scores"] as? [[String: Any]])
        let score = scores.first { $0["label"] as? String == line["label"] as? String }?["score"] as? Double
        #expect(score ?? 0 >= 0.3, "\(line): \(sample)")
    }

    @Test(.disabled(if: Lookout.isSlow, Lookout.slow)) func aRegionIsLookedAtByItself() throws {
        let outcome = try Lookout.run(
            "watch", "--fps", "5", "--no-motion", "--region", "door:left=0,0,0.5,1;enter=0.15", "--region",
            "road=0,0.5,1,0.5;labels=mountain bike;enter=0.3;hold=0", "door=\(Lookout.bikes)")
        #expect(outcome.status == 0, "\(outcome.errors)")
        let lines = try Self.objects(outcome.output)
        let regions = Set(lines.compactMap { $0["region"] as? String })
        #expect(regions.contains("left") && regions.isSubset(of: ["left", "road"]), "\(regions)")
        let road = lines.filter { $0["region"] as? String == "road" }
        #expect(road.allSatisfy { $0["label"] as? String == "mountain bike" })
    }

    @Test func aPasswordIsNeverShown() throws {
        try Lookout.withFolder { folder in
            let credentials = folder + "/credentials"
            try Data("admin:hunter2\n".utf8).write(to: URL(fileURLWithPath: credentials))
            let sources = [
                "a=rtsp://admin:hunter2@127.0.0.1:1/live", "http://127.0.0.1:1/?password=hunter2",
                "b=rtsp://127.0.0.1:1/x",
            ]
            let process = Process()
            process.executableURL = URL(fileURLWithPath: Lookout.path)
            process.arguments = ["watch", "-v", "--grace", "0.2", "--credentials", credentials] + sources
            let output = Pipe()
            process.standardOutput = output
            process.standardError = output
            process.standardInput = FileHandle.nullDevice
            try process.run()
            var text = Data()
            while String(decoding: text, as: UTF8.self).components(separatedBy: "source_lost").count < 4 {
                let part = output.fileHandleForReading.availableData
                if part.isEmpty { break }
                text += part
            }
            process.interrupt()
            process.waitUntilExit()
            #expect(process.terminationStatus == 0)
            let shown = String(decoding: text, as: UTF8.self)
            #expect(shown.contains("connection refused"))
            for secret in ["hunter2", "admin"] { #expect(!shown.contains(secret), "\(shown)") }
        }
    }

    @Test func sourcesThatMakeNoSense() throws {
        let clip = Lookout.bikes
        let cases: [([String], String, Int32)] = [
            (["a=gopher://x"], "source a: unknown scheme \"gopher\"", EX_USAGE),
            (["rtsp://admin:pa/ss@camera/live"], "source number 1: invalid host or port", EX_USAGE),
            (["a=x.mp4", "a=y.mp4"], "a: there are two sources of this name", EX_USAGE),
            (["/nowhere/a.mp4"], "/nowhere/a.mp4: no such file or directory", EX_NOINPUT),
            (["--credentials", "/nowhere/c", "rtsp://camera/x"], "/nowhere/c: no such file or directory", EX_NOINPUT),
            (["--grace", "-1", "x.mp4"], "--grace", EX_USAGE),
            (["--frozen-after", "-1", "x.mp4"], "--frozen-after", EX_USAGE),
            (
                ["--credentials", "a:/nowhere/c", "a=rtsp://camera/x"], "/nowhere/c: no such file or directory",
                EX_NOINPUT
            ),
            (["--retry", "0", clip], "--retry is a number of seconds from 0.01", EX_USAGE),
            (["--video-stream", "-1", clip], "--video-stream", EX_USAGE),
            (["--camera-format", "YUYVV", "/dev/video9"], "\"YUYVV\" is not the name of a format", EX_USAGE),
            (["--camera-size", "640*480", "/dev/video9"], "\"640*480\" is not a size like 640x480", EX_USAGE),
            (["--camera-rate", "0", "/dev/video9"], "\"0\" is not a number above 0", EX_USAGE),
            (["--control", "brightness", "/dev/video9"], "\"brightness\" is not a control and its value", EX_USAGE),
            (["--control", "b:brightness=1", "a=/dev/video9"], "--control: there is no source \"b\"", EX_USAGE),
            (["--region", "a=0.5,0,0.6,1", clip], "the region reaches over the right edge", EX_USAGE),
            (["--region", "b:a=0,0,1,1", "a=" + clip], "--region: there is no source \"b\"; there is \"a\"", EX_USAGE),
            (["--region", "a=0,0,1,1;colour=red", clip], "--region: a: \"colour\" is not one of labels", EX_USAGE),
            (
                ["--region", "a=0,0,1,1;hold=5x", clip], "--region: a: hold is a time, as 2, 500ms or 10s, not \"5x\"",
                EX_USAGE
            ),
            (["--region", "full=0,0,1,1", clip], "'full' is the name of the whole frame", EX_USAGE),
            (["--heartbeat", "1w", clip], "'1w' is invalid for '--heartbeat", EX_USAGE),
            (["--grace", "2h", clip], "--grace is a number of seconds from 0 to 3600, not 7200.0", EX_USAGE),
            (["--region", "a=0,0,1,1;enter=2", clip], "--region: a: enter must be a score", EX_USAGE),
            (
                ["--region", "tiles=2x1", "--region", "tile-1-2=0,0,1,1", clip], "two regions with the name tile-1-2",
                EX_USAGE
            ),
            (["--motion-mask", "0,0,1", clip], "--motion-mask: \"0,0,1\" is not a list of corners", EX_USAGE),
            (["--motion-mask", "0,0,1,1", clip], "a mask has at least three corners, not 2", EX_USAGE),
            (["--motion-sensitivity", "2", clip], "the sensitivity is a number from 0 to 1, not 2.0", EX_USAGE),
        ]
        for (arguments, complaint, status) in cases {
            let outcome = try Lookout.run(Lookout.path, ["watch"] + arguments)
            #expect(outcome.status == status, "\(arguments)")
            #expect(outcome.errors.contains(complaint), "\(outcome.errors)")
            #expect(!outcome.errors.contains("ss@"))
        }
    }

    @Test func eventsThatNobodyReadsEndTheWatch() throws {
        let outcome = try Lookout.run(
            "/bin/bash", ["-c", "$L watch --fps 5 \"file:$CLIP?loop\" | head -1; echo ${PIPESTATUS[0]}"],
            environment: ["L": Lookout.path, "CLIP": Lookout.bikes])
        #expect(outcome.errors.isEmpty)
        #expect(outcome.output.hasSuffix("\n\(128 + SIGPIPE)\n"), "\(outcome.output)")
    }
}
