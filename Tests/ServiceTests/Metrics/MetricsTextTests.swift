import Basics
import Events
import Foundation
import Testing
import Watch

@testable import Service

/// Metrics as Prometheus reads them.
@Suite(.timeLimit(.minutes(10))) struct MetricsTextTests {
    @Test(arguments: [
        (0.0, "0"), (5, "5"), (-1, "-1"), (0.005, "0.005"), (1_763_980_000.25, "1763980000.25"),
        (1e15, "1000000000000000"),
        (.infinity, "+Inf"), (-.infinity, "-Inf"), (.nan, "NaN"),
    ])
    func numbersAreGosOwn(value: Double, text: String) { #expect(MetricsText.number(value) == text) }

    @Test func labelsAreEscaped() {
        #expect(MetricsText.escaped("a\"b\\c\nd é") == "a\\\"b\\\\c\\nd é")
    }

    @Test func theTextIsTheGoldenOne() throws {
        #expect(Self.snapshot.text() == Self.golden)
    }

    @Test func whatIsNotThereIsNotMentioned() {
        let snapshot = MetricsSnapshot(
            sources: [], sinks: [], workers: 2, workerQueueDepth: 0, model: nil, version: "0.1.0",
            process: ProcessFigures(residentBytes: 1, processorSeconds: 2, startTime: 3))
        for name in ["lookout_model_info", "lookout_frames_total", "lookout_decode_seconds", "lookout_sink"] {
            #expect(!snapshot.text().contains(name))
        }
    }

    /// Prometheus' own parser for Python, where it is installed (python3-prometheus-client).
    @Test(.enabled(if: hasParser, "python3-prometheus-client is not installed; `make test` installs it"))
    func prometheusReadsIt() throws {
        let script = """
            import sys
            from prometheus_client.parser import text_string_to_metric_families as parse
            for family in parse(sys.stdin.read()):
                print(family.name, family.type, len(family.samples))
            """
        let families = try #require(Self.python(script, input: Self.snapshot.text()))
        #expect(families.contains("lookout_frames counter 2\n"))
        #expect(families.contains("lookout_decode_seconds histogram 36\n"))
        #expect(families.contains("lookout_source_up gauge 2\n"))
        #expect(!families.contains("untyped") && !families.contains("unknown"), "\(families)")
    }

    private static var hasParser: Bool { python("import prometheus_client", input: "") != nil }

    private static func python(_ script: String, input: String) -> String? {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/python3")
        process.arguments = ["-c", script]
        let (stdin, stdout) = (Pipe(), Pipe())
        (process.standardInput, process.standardOutput, process.standardError) = (stdin, stdout, FileHandle.nullDevice)
        guard (try? process.run()) != nil else { return nil }
        stdin.fileHandleForWriting.write(Data(input.utf8))
        try? stdin.fileHandleForWriting.close()
        let output = stdout.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return process.terminationStatus == 0 ? String(decoding: output, as: UTF8.self) : nil
    }

    private static var snapshot: MetricsSnapshot {
        var door = SourceStatus()
        door.state = .live
        (door.frames, door.samples, door.still, door.replaced) = (250, 20, 30, 4)
        (door.repeated, door.blank, door.corrupt, door.connections, door.events) = (3, 2, 1, 3, 5)
        for seconds in [0.0005, 0.003, 0.003, 40] { door.timings.decode.add(seconds) }
        door.timings.infer.add(0.25)
        var yard = SourceStatus()
        yard.state = .away(reason: "connection refused", retry: 12)
        yard.frozenSince = 3
        let log = MetricsSnapshot.Sink(
            name: "log", counts: SinkCounts(records: 10, bytes: 2000, errors: 1, missed: 2), queueDepth: 3)
        let socket = MetricsSnapshot.Sink(name: "socket", counts: SinkCounts(readers: 4))
        return MetricsSnapshot(
            sources: [
                MetricsSnapshot.Source(name: "door", status: door, queueDepth: 1),
                MetricsSnapshot.Source(name: "the \"yard\"", status: yard),
            ],
            sinks: [log, socket], workers: 2, workerQueueDepth: 1,
            model: MetricsSnapshot.Model(name: "efficientnet-lite0", kernels: "avx2", classes: 1000),
            objects: objects, version: "0.1.0",
            process: ProcessFigures(residentBytes: 50_000_000, processorSeconds: 12.5, startTime: 1_763_980_000.25))
    }

    /// Counts of a state file. Those of a source that is not watched are left out.
    private static var objects: ObjectCounts {
        func read<Value: Decodable>(_ text: String) -> [Value] {
            (try? JSONDecoder().decode([Value].self, from: Data(text.utf8))) ?? []
        }
        return ObjectCounts(
            crossings: read(
                """
                [{"source": "door", "line": "gate", "direction": "in", "label": "person", "count": 3, "time": 0},
                 {"source": "gone", "line": "gate", "direction": "in", "label": "person", "count": 9, "time": 0}]
                """),
            occupancy: read(
                """
                [{"source": "door", "label": "person", "count": 2, "time": 0},
                 {"source": "door", "zone": "table", "label": "person", "count": 1, "time": 0}]
                """))
    }

    private static var golden: String {
        let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("golden.prom")
            .path
        return (try? String(contentsOfFile: path, encoding: .utf8)) ?? "there is no \(path)"
    }
}
