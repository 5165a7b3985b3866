import Foundation
import Glibc
import TestSupport
import Testing

/// An archive is analyzed once, whatever happens meanwhile, and its events can be made again.
@Suite(.enabled(if: Lookout.hasMedia, Lookout.noMedia), .timeLimit(.minutes(30))) struct ArchiveTests {
    /// Files of a project folder by their names.
    private static func files(_ project: String) throws -> [String: Data] {
        let folder = URL(fileURLWithPath: project + "/recordings")
        return try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
            .reduce(into: [:]) { $0[$1.lastPathComponent] = try Data(contentsOf: $1) }
    }

    private static func events(_ project: String) throws -> [Data] {
        try files(project).filter { $0.key.hasSuffix(".events.jsonl") }.sorted { $0.key < $1.key }.map(\.value)
    }

    private static let groups = [
        "--groups", Lookout.checkout.appendingPathComponent("Config/groups/imagenet.yaml").path,
    ]

    private static func analyze(_ arguments: [String], into project: String) throws -> Lookout.Outcome {
        try Lookout.run(Lookout.path, ["analyze", "--into", project, "--fps", "2"] + groups + arguments)
    }

    /// Starts an analysis that goes on meanwhile.
    private static func start(_ arguments: [String], into project: String, output: Pipe? = nil) throws -> Process {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: Lookout.path)
        process.arguments = ["analyze", "--into", project, "--fps", "2"] + groups + arguments
        if let output { process.standardOutput = output } else { process.standardOutput = FileHandle.nullDevice }
        process.standardError = FileHandle.nullDevice
        try process.run()
        return process
    }

    @Test func aRecordingIsAnalyzedOnceUntilItOrTheSettingsChange() throws {
        try Lookout.withFolder { folder in
            let (clip, project) = (folder + "/a.mp4", folder + "/project")
            try FileManager.default.copyItem(atPath: Lookout.bikes, toPath: clip)
            let first = try Self.analyze([clip], into: project)
            #expect(first.status == 0, "\(first.errors)")
            #expect(first.output.hasPrefix("1 recording: 1 analyzed; "))
            let plain = try Lookout.run(Lookout.path, ["analyze", "--fps", "2", clip] + Self.groups)
            #expect(try Self.events(project) == [Data(plain.output.utf8)])
            let again = try Self.analyze([clip], into: project)
            #expect(again.output.hasPrefix("1 recording: 0 analyzed, 1 done before; "))
            let other = try Self.analyze([clip, "--enter", "0.6"], into: project)
            #expect(other.output.hasPrefix("1 recording: 1 analyzed; "))
            try (Data(contentsOf: URL(fileURLWithPath: clip)) + Data([0])).write(to: URL(fileURLWithPath: clip))
            let changed = try Self.analyze([clip, "--enter", "0.6"], into: project)
            #expect(changed.output.hasPrefix("1 recording: 1 analyzed"))
        }
    }

    @Test func failuresAreListedAndTheRestGoesOn() throws {
        try Lookout.withFolder { folder in
            let project = folder + "/project"
            try Data("no video".utf8).write(to: URL(fileURLWithPath: folder + "/junk.mp4"))
            let mixed = try Self.analyze(
                [folder + "/junk.mp4", folder + "/missing.mp4", Lookout.bikes, "--json"], into: project)
            #expect(mixed.status == 65)
            #expect(mixed.complaints.count == 2)
            let line = try #require(try JSONSerialization.jsonObject(with: Data(mixed.output.utf8)) as? [String: Any])
            #expect(line["analyzed"] as? Int == 1)
            #expect((line["failed"] as? [[String: Any]])?.count == 2)
            let nothing = try Self.analyze([folder + "/junk.mp4"], into: folder + "/other")
            #expect(nothing.status == 66)
        }
    }

    @Test func wrongUseIsRefused() throws {
        try Lookout.withFolder { folder in
            for arguments in [
                ["--into", folder + "/p", "--events", folder + "/e"], ["--shard", "1/2"],
                ["--into", folder + "/p", "--shard", "3/2"], ["--into", folder + "/p", "--snapshots", folder],
            ] {
                let outcome = try Lookout.run(Lookout.path, ["analyze", Lookout.bikes] + arguments)
                #expect(outcome.status == 64, "\(arguments): \(outcome.errors)")
            }
            let outcome = try Lookout.run("replay", folder)
            #expect(outcome.status == 66)
            #expect(outcome.errors.contains("is no project folder"))
        }
    }

    /// SIGKILL leaves no time to clean up.
    @Test func aKilledRunGoesOnAndGivesTheSameFiles() throws {
        try Lookout.withFolder { folder in
            let clip = folder + "/long.mp4"
            try Recording.repeated(Lookout.bikes, times: 8, to: clip)
            let arguments = [clip, "--fps", "5", "--checkpoint", "0.2s"]
            let whole = try Self.analyze(arguments, into: folder + "/whole")
            #expect(whole.status == 0, "\(whole.errors)")
            var kills = 0
            for attempt in 0..<6 {
                let process = try Self.start(arguments, into: folder + "/killed")
                usleep(UInt32(1_200_000 + 300_000 * (attempt % 3)))
                if process.isRunning { kills += 1 }
                kill(process.processIdentifier, SIGKILL)
                process.waitUntilExit()
            }
            #expect(kills > 0)
            let last = try Self.analyze(arguments, into: folder + "/killed")
            #expect(last.status == 0, "\(last.errors)")
            #expect(try Self.files(folder + "/killed") == Self.files(folder + "/whole"))
        }
    }

    @Test func aSecondRunOnTheSameFolderIsRefused() throws {
        try Lookout.withFolder { folder in
            let clip = folder + "/long.mp4"
            try Recording.repeated(Lookout.bikes, times: 8, to: clip)
            let process = try Self.start([clip, "--fps", "5"], into: folder + "/project")
            defer {
                process.terminate()
                process.waitUntilExit()
            }
            let lock = folder + "/project/manifest.sqlite"
            for _ in 0..<200 where !FileManager.default.fileExists(atPath: lock) { usleep(50_000) }
            let second = try Self.analyze([clip], into: folder + "/project")
            #expect(second.status == 69)
            #expect(second.errors.contains("another lookout writes there (process \(process.processIdentifier))"))
        }
    }

    @Test func aReplayGivesTheEventsOfTheAnalysisAndComparesSettings() throws {
        try Lookout.withFolder { folder in
            let project = folder + "/project"
            _ = try Self.analyze([Lookout.bikes], into: project)
            let replay = try Lookout.run("replay", project)
            #expect(replay.status == 0, "\(replay.errors)")
            #expect(try Self.events(project) == [Data(replay.output.utf8)])
            let truth = folder + "/truth.csv"
            try "bikes.mp4,bicycle,0,8\n".write(toFile: truth, atomically: true, encoding: .utf8)
            let table = try Lookout.run(
                Lookout.path, ["replay", project, "--set", "enter=0.2,0.3,0.9", "--set", "hold=0,1", "--truth", truth])
            #expect(table.status == 0, "\(table.errors)")
            #expect(table.output.split(separator: "\n").count == 7)
            let unknown = try Lookout.run(Lookout.path, ["replay", project, "--set", "entr=0.2"])
            #expect(unknown.status == 64)
            #expect(unknown.errors.contains("there is no setting \"entr\""))
        }
    }

    /// Clips have the stream of the recording, around the event.
    @Test func eventsAreCutOutOfTheirRecordings() throws {
        try Lookout.withFolder { folder in
            let (project, clips) = (folder + "/project", folder + "/clips")
            _ = try Self.analyze([Lookout.bikes], into: project)
            let events = try Self.events(project).joined().split(separator: UInt8(ascii: "\n"))
                .filter { String(decoding: $0, as: UTF8.self).contains("\"type\":\"end\"") }
            let cut = try Lookout.run("clips", "--out", clips, "--before", "1", "--after", "0.5", project)
            #expect(cut.status == 0, "\(cut.errors)")
            #expect(cut.output.hasPrefix("\(events.count) clip"))
            let names = try FileManager.default.contentsOfDirectory(atPath: clips)
            #expect(names.count == events.count && names.allSatisfy { $0.hasSuffix(".mp4") })
            for name in names {
                let probe = try Lookout.run(
                    "/usr/bin/ffprobe",
                    [
                        "-v", "error", "-select_streams", "v", "-count_frames", "-show_entries",
                        "stream=codec_name,nb_read_frames", "-of", "csv=p=0", clips + "/" + name,
                    ])
                #expect(probe.errors.isEmpty)
                let fields = probe.output.trimmingCharacters(in: .whitespacesAndNewlines).split(separator: ",")
                #expect(fields.first == "h264")
                #expect((fields.last.flatMap { Int($0) } ?? 0) > 20, "\(probe.output)")
            }
            let again = try Lookout.run("clips", "--out", clips, project)
            #expect(again.output == "0 clips, \(events.count) there before\n")
            let wrong = try Lookout.run("clips", "--out", clips, "--label", "zebra crossing", project)
            #expect(wrong.status == 64)
            #expect(wrong.errors.contains("no event has the label zebra crossing"))
        }
    }

    /// A recorder closes one recording, and moves another one into the folder.
    @Test func watchedFoldersAreAnalyzedAsRecordingsAreCompleted() throws {
        try Lookout.withFolder { folder in
            let (archive, project) = (folder + "/archive", folder + "/project")
            try FileManager.default.createDirectory(atPath: archive, withIntermediateDirectories: true)
            let output = Pipe()
            let process = try Self.start(["--watch", archive], into: project, output: output)
            defer { if process.isRunning { process.terminate() } }
            func complete() -> Int {
                let files = (try? FileManager.default.contentsOfDirectory(atPath: project + "/recordings")) ?? []
                return files.count { $0.hasSuffix(".events.jsonl") }
            }
            #expect(TestTimeout.wait { FileManager.default.fileExists(atPath: project + "/manifest.sqlite") })
            usleep(500_000)
            let bytes = try Data(contentsOf: URL(fileURLWithPath: Lookout.bikes))
            let handle = FileHandle(fileDescriptor: open(archive + "/a.mp4", O_WRONLY | O_CREAT, 0o644))
            try handle.write(contentsOf: bytes.prefix(bytes.count / 2))
            usleep(1_500_000)
            #expect(complete() == 0, "the recording is not complete yet")
            try handle.write(contentsOf: bytes.dropFirst(bytes.count / 2))
            try handle.close()
            #expect(TestTimeout.wait { complete() == 1 })
            let inside = archive + "/2026/11"
            try FileManager.default.createDirectory(atPath: inside, withIntermediateDirectories: true)
            usleep(700_000)
            try bytes.write(to: URL(fileURLWithPath: folder + "/b"))
            try FileManager.default.moveItem(atPath: folder + "/b", toPath: inside + "/b.mp4")
            #expect(TestTimeout.wait { complete() == 2 })
            process.interrupt()
            process.waitUntilExit()
            #expect(process.terminationStatus == 0)
            let summary = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
            #expect(summary.hasPrefix("2 recordings: 2 analyzed; "), "\(summary)")
            #expect(summary.contains("\ntime: "))
        }
    }

    /// A frame of a recording finds its own moment.
    @Test func anExampleFindsItsMoment() throws {
        try Lookout.withFolder { folder in
            let (project, image) = (folder + "/project", folder + "/frame.png")
            let analysis = try Self.analyze([Lookout.bikes, "--features"], into: project)
            #expect(analysis.status == 0, "\(analysis.errors)")
            _ = try Lookout.run(
                "/usr/bin/ffmpeg", ["-v", "error", "-ss", "4", "-i", Lookout.bikes, "-frames:v", "1", image])
            let sheet = folder + "/sheet.jpg"
            let found = try Lookout.run("find", "--json", "--gap", "1", "--sheet", sheet, image, project)
            #expect(found.status == 0, "\(found.errors)")
            let line = try #require(found.output.split(separator: "\n").first)
            let first = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
            #expect(abs((first["best"] as? Double ?? -1) - 4) < 0.6, "\(line)")
            #expect((first["likeness"] as? Double ?? 0) > 0.98, "\(line)")
            #expect(try Data(contentsOf: URL(fileURLWithPath: sheet)).starts(with: [0xFF, 0xD8]))
            let again = try Self.analyze([Lookout.bikes], into: project)
            #expect(again.output.hasPrefix("1 recording: 1 analyzed; "))
            let none = try Lookout.run("find", image, project)
            #expect(none.status == 66)
            #expect(none.errors.contains("--features"))
            for wrong in [image + "#1,2,3", image + "#0.5,0.5,0.6,0.1"] {
                let outcome = try Lookout.run("find", wrong, project)
                #expect(outcome.status == 64)
                #expect(outcome.errors.contains("#X,Y,WIDTH,HEIGHT"))
            }
        }
    }

    /// A saved replay leaves the folder as an analysis with its settings would.
    @Test func aReplayCanBeSaved() throws {
        try Lookout.withFolder { folder in
            let (project, other) = (folder + "/project", folder + "/other")
            _ = try Self.analyze([Lookout.bikes], into: project)
            _ = try Self.analyze([Lookout.bikes, "--enter", "0.7"], into: other)
            let saved = try Lookout.run("replay", project, "--set", "enter=0.70", "--save")
            #expect(saved.status == 0, "\(saved.errors)")
            #expect(try Self.events(project) == Self.events(other))
            let again = try Self.analyze([Lookout.bikes, "--enter", "0.7"], into: project)
            #expect(again.output.hasPrefix("1 recording: 0 analyzed, 1 done before; "))
            let part = try Lookout.run("replay", project, "--save", "--to", "5")
            #expect(part.status == 64)
            let none = try Lookout.run("replay", folder, "--save")
            #expect(none.status == 66)
        }
    }

    @Test func anEventIsExplainedByItsSamples() throws {
        try Lookout.withFolder { folder in
            let project = folder + "/project"
            _ = try Self.analyze([Lookout.bikes, "--fps", "5"], into: project)
            let event = try #require(try Self.events(project).first.map { String(decoding: $0, as: UTF8.self) })
            let id = try #require(event.firstMatch(of: /"id":"([0-9A-Z]+)"/)?.1)
            let why = try Lookout.run("why", String(id.prefix(14)).lowercased(), project)
            #expect(why.status == 0, "\(why.errors)")
            #expect(why.output.contains("event \(id), model efficientnet-lite0"))
            #expect(why.output.contains(/\d\d:\d\d:\d\d\.\d{3}  0\.\d{3} +≥ enter +start\n/))
            #expect(why.output.contains("end: "))
            let unknown = try Lookout.run("why", "01ARZ3NDEKTSV4RRFFQ69G5FAV", project)
            #expect(unknown.status == 66)
        }
    }

    /// Each recording is in one shard, and no shard changes what is found in it.
    @Test func shardsTogetherGiveTheEventsOfOneRun() throws {
        try Lookout.withFolder { folder in
            let clips = try (1...4).map { number in
                let path = "\(folder)/\(number).mp4"
                try Recording.repeated(Lookout.bikes, times: number, to: path)
                return path
            }
            _ = try Self.analyze(clips, into: folder + "/whole")
            var parts: [String: Data] = [:]
            for shard in 1...3 {
                let outcome = try Self.analyze(clips + ["--shard", "\(shard)/3"], into: "\(folder)/\(shard)")
                #expect(outcome.status == 0, "\(outcome.errors)")
                for (name, data) in try Self.files("\(folder)/\(shard)") {
                    #expect(parts.updateValue(data, forKey: name) == nil)
                }
            }
            #expect(try parts == Self.files(folder + "/whole"))
            let merge = ["merge", "--into", folder + "/merged", folder + "/1", folder + "/2", folder + "/3"]
            let merged = try Lookout.run(Lookout.path, merge)
            #expect(merged.output == "4 recordings added\n", "\(merged.errors)")
            #expect(try Self.files(folder + "/merged") == Self.files(folder + "/whole"))
            let again = try Lookout.run(Lookout.path, merge)
            #expect(again.output == "0 recordings added, 4 there before\n")
            // Nothing is left to be analyzed.
            let rest = try Self.analyze(clips, into: folder + "/merged")
            #expect(rest.output.hasPrefix("4 recordings: 0 analyzed, 4 done before; "))
        }
    }
}

/// The report is a page that people can use.
@Suite(.enabled(if: Lookout.hasMedia, Lookout.noMedia), .timeLimit(.minutes(20))) struct ReportTests {
    private static let python = Lookout.checkout.appendingPathComponent(".build/browser/bin/python").path

    private struct Found: Decodable {
        var messages: [String]
        var requests: [String]
        var violations: [String]
        var wide: Double
        var count: String
        var thumbnails: Int
        var timeline: Bool
        var details: String
        var focused: String
        var player: String
        var source: String
        var closed: Bool
        var none: String
        var filtered: String
        var reset: String
        var day: String
    }

    @Test func aBrowserShowsThePageWithoutANetwork() throws {
        try Lookout.withFolder { folder in
            let (clip, project, page) = (folder + "/two bikes & <b>.mp4", folder + "/project", folder + "/report.html")
            try Recording.repeated(Lookout.bikes, times: 3, to: clip)
            let groups = Lookout.checkout.appendingPathComponent("Config/groups/imagenet.yaml").path
            let analysis = try Lookout.run(
                "analyze", "--into", project, "--fps", "2", "--enter", "0.2", "--groups", groups, clip)
            #expect(analysis.status == 0, "\(analysis.errors)")
            let report = try Lookout.run(
                "report", project, "-o", page, "--csv", folder + "/t.csv", "--srt", folder + "/srt", "--vtt",
                folder + "/vtt", "--chapters", folder + "/chapters")
            #expect(report.status == 0, "\(report.errors)")
            let script = Lookout.checkout.appendingPathComponent("Tests/CommandTests/Peers/report-page.py").path
            let browser = try Lookout.run(Self.python, [script, page, folder])
            try #require(browser.status == 0, "\(browser.errors)")
            let found = try JSONDecoder().decode(Found.self, from: Data(browser.output.utf8))
            let all = try String(contentsOfFile: folder + "/t.csv", encoding: .utf8).split(separator: "\r\n").count - 1
            #expect(all > 1)
            let count = "\(all) event\(all == 1 ? "" : "s")"
            #expect(found.messages.isEmpty)
            #expect(found.requests.allSatisfy { $0.hasPrefix("file://") || $0.hasPrefix("data:") })
            #expect(found.violations.isEmpty)
            #expect(found.wide <= 0, "nothing is wider than the window")
            #expect(found.count == count && found.reset == count && found.day == count)
            #expect(found.none == "0 of \(count)")
            #expect(found.filtered != count)
            #expect(found.thumbnails > 0 && found.timeline)
            #expect(!found.details.isEmpty && found.focused == "details-title" && found.closed)
            #expect(["VIDEO", "IMG"].contains(found.player))
            if found.player == "VIDEO" { #expect(found.source.contains("two%20bikes%20%26%20%3Cb%3E.mp4#t=")) }
        }
    }

    /// FFmpeg reads the subtitles and chapters.
    @Test func exportsAreReadByFFmpeg() throws {
        try Lookout.withFolder { folder in
            let project = folder + "/project"
            let groups = Lookout.checkout.appendingPathComponent("Config/groups/imagenet.yaml").path
            _ = try Lookout.run(
                "analyze", "--into", project, "--fps", "2", "--groups", groups, Lookout.bikes)
            let report = try Lookout.run(
                "report", project, "--srt", folder, "--vtt", folder, "--chapters", folder)
            #expect(report.status == 0, "\(report.errors)")
            let names = try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0 != "project" }
            #expect(names.count == 3)
            for name in names {
                let probe = try Lookout.run(
                    "/usr/bin/ffprobe",
                    ["-v", "error", "-show_chapters", "-show_entries", "stream=codec_name", folder + "/" + name])
                #expect(probe.status == 0 && probe.errors.isEmpty, "\(name): \(probe.errors)")
                #expect(probe.output.contains("codec_name") || probe.output.contains("[CHAPTER]"), "\(name)")
            }
        }
    }
}

/// A detector in an archive: the red car of a car park is found among all clips by a box in a frame.
@Suite(
    .enabled(if: SharedDetector.isThere && Lookout.hasModel, "../shared is not there: no detector and no clips"),
    .timeLimit(.minutes(30)))
struct ObjectArchiveTests {
    /// Segments of a recording are read on two cores, and objects go on over their seams.
    @Test func aDetectorGivesTheSameOnOneCoreAndOnTwo() throws {
        try Lookout.withFolder { folder in
            let model = try SharedDetector.imported(to: folder)
            let arguments = [
                "--model", model, "--crops", "0", "--classify", "off", "--fps", "2", "--line", "table=0.5,0,0.5,1",
                "--zone", "left=0,0,0.5,0,0.5,1,0,1", SharedDetector.persons,
            ]
            let recordings = try ["1", "2"].map { workers in
                let project = folder + "/" + workers
                let outcome = try Lookout.run(
                    Lookout.path, ["analyze", "--into", project, "--workers", workers] + arguments)
                #expect(outcome.status == 0, "\(outcome.errors)")
                let files = project + "/recordings"
                return try FileManager.default.contentsOfDirectory(atPath: files).sorted().map {
                    try Data(contentsOf: URL(fileURLWithPath: files + "/" + $0))
                }
            }
            #expect(recordings[0] == recordings[1])
            #expect(recordings[0].count == 2 && recordings[0].allSatisfy { $0.count > 2000 })
        }
    }

    @Test func theRedCarIsFoundAmongAllClips() throws {
        try Lookout.withFolder { folder in
            let (project, frame, crop) = (folder + "/project", folder + "/frame.png", folder + "/crop.png")
            let model = try SharedDetector.imported(to: folder)
            let clips = URL(fileURLWithPath: SharedDetector.cars).deletingLastPathComponent().path
            let analysis = try Lookout.run(
                Lookout.path,
                ["analyze", "--into", project, "--features", "--model", model, "--classify", Lookout.model, clips])
            #expect(analysis.status == 0, "\(analysis.errors)")
            let seek = ["-v", "error", "-ss", "17", "-i", SharedDetector.cars, "-frames:v", "1"]
            _ = try Lookout.run("/usr/bin/ffmpeg", seek + [frame])
            _ = try Lookout.run("/usr/bin/ffmpeg", seek + ["-vf", "crop=160:254:306:64", crop])
            for example in [frame + "#0.40,0.15,0.20,0.58", crop] {
                let found = try Lookout.run("find", "--json", "--model", Lookout.model, example, project)
                #expect(found.status == 0, "\(found.errors)")
                let moments = try found.output.split(separator: "\n").map {
                    try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
                }
                #expect(moments.count > 3)
                #expect(moments.first?["recording"] as? String == SharedDetector.cars)
                // It is in the frame from 14.5 to 19.5 s.
                #expect((14.5...19.5).contains(moments.first?["best"] as? Double ?? 0), "\(found.output)")
                let (first, second) = (moments[0]["likeness"] as? Double, moments[1]["likeness"] as? Double)
                #expect((first ?? 0) > (second ?? 1) + 0.05, "\(found.output)")
            }
        }
    }
}
