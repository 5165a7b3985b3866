import Basics
import Events
import Foundation
import Testing
import Watch

@testable import Service

/// A sink of the test's own takes part in everything without being named anywhere but in a list of factories.
@Suite(.timeLimit(.minutes(10))) struct SinkFactoryTests {
    /// Keeps its records in memory.
    private final class MemorySink: EventSink {
        private struct State {
            var records: [String] = []
            var isClosed = false
            var isBroken = false
            var progress = QueueProgress()
            var logPath: String?
        }

        let name: String
        private let state = Mutex(State())

        init(_ name: String) { self.name = name }

        func add(_ line: EventLine) {
            state.withLock { $0.records.append(String(decoding: line.text, as: UTF8.self)) }
        }
        func flush(seconds: Double) {}
        func close() { state.withLock { $0.isClosed = true } }
        func follow(log: EventLog?, states: EventStates?) { state.withLock { $0.logPath = log?.settings.path } }
        var progress: QueueProgress { state.withLock(\.progress) }
        var counts: SinkCounts { SinkCounts(records: records.count, missed: 7) }
        var problem: String? { state.withLock { $0.isBroken ? "\(name) is broken" : nil } }

        var records: [String] { state.withLock(\.records) }
        var isClosed: Bool { state.withLock(\.isClosed) }
        var logPath: String? { state.withLock(\.logPath) }
        func breakDown() { state.withLock { $0.isBroken = true } }
        func stall() { state.withLock { $0.progress.wait(2, at: 0) } }
    }

    /// Takes the key of the samples for its own.
    private struct MemorySinkFactory: SinkFactory {
        let name = "memory"
        var settings: WritableKeyPath<EventOutputs, String?> & Sendable { \.samples }

        func read(_ section: Section) -> String? {
            var name: String?
            section.read(Keys.Outputs.samples, into: &name)
            return name
        }

        func prepare(_ settings: String, _ context: SinkContext, replacing old: MemorySink?) -> PreparedSink {
            let sink = MemorySink(settings)
            return PreparedSink { log, _ in
                old?.close()
                sink.follow(log: log, states: nil)
                return sink
            }
        }
    }

    private static let factories: [any SinkFactory] = [EventLogFactory(), MemorySinkFactory()]

    /// Outputs in a folder, as the service makes them.
    private struct Scene {
        var outputs: ServiceOutputs
        let configuration: Configuration

        init(_ folder: String) throws {
            var configuration = Configuration()
            configuration.state = folder
            configuration.events.log?.path = folder + "/events.jsonl"
            configuration.events.socket = nil
            configuration.events.samples = "first"
            self.configuration = configuration
            outputs = ServiceOutputs(try Self.prepare(configuration, []))
        }

        static func prepare(
            _ configuration: Configuration, _ parts: Set<ConfigurationDifference.Part>,
            replacing old: ServiceOutputs? = nil
        ) throws -> OutputPreparation {
            try OutputPreparation(
                configuration, sockets: ListenedSockets(variable: { _ in nil }), parts: parts, replacing: old,
                factories: factories)
        }

        var memory: MemorySink? { outputs.sinks["memory"] as? MemorySink }
    }

    private static func withScene(_ body: (inout Scene) throws -> Void) throws {
        let folder = "/tmp/sinks-\(UUID().uuidString.prefix(8))"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        var scene = try Scene(folder)
        try body(&scene)
    }

    private static let record = EventLine(
        sequence: 1, text: Array("{\"seq\":1}\n".utf8), topic: EventTopic(type: "start"))

    @Test func theListHasTheSinksInTheirOrder() {
        #expect(SinkFactories.all.map(\.name) == ["log", "socket", "samples"])
        #expect(Configuration().events.paths.map(\.key) == ["events.log.path", "events.socket.path"])
    }

    @Test func itGetsRecordsAndIsMeasured() throws {
        try Self.withScene { scene in
            let memory = try #require(scene.memory)
            #expect(scene.outputs.sinks(of: .samples).isEmpty)
            for sink in scene.outputs.sinks(of: .records) { sink.add(Self.record) }
            scene.outputs.sinks["log"]?.flush(seconds: 5)
            #expect(memory.records == ["{\"seq\":1}\n"])
            let figures = scene.outputs.figures
            #expect(figures.map(\.name) == ["log", "memory"])
            let text = MetricsSnapshot(
                sources: [], sinks: figures, workers: 1, workerQueueDepth: 0, model: nil, version: "0.1.0",
                process: ProcessFigures(residentBytes: 1, processorSeconds: 2, startTime: 3)
            ).text()
            for name in ["log", "memory"] { #expect(text.contains("lookout_sink_lines_total{sink=\"\(name)\"} 1\n")) }
            #expect(text.contains("lookout_sink_missed_lines_total{sink=\"memory\"} 7\n"))
            #expect(!text.contains("lookout_sink_readers"))
        }
    }

    @Test func readinessNamesItsProblem() throws {
        try Self.withScene { scene in
            #expect(scene.outputs.failures == [] && scene.outputs.stalls(at: 1000) == [])
            scene.memory?.stall()
            #expect(scene.outputs.stalls(at: 1000) == [Progress.Stall(name: "memory", seconds: 1000, depth: 2)])
            scene.memory?.breakDown()
            #expect(scene.outputs.failures == ["first is broken"])
            #expect(scene.outputs.stalls(at: 1000) == [], "one reason is enough")
        }
    }

    @Test func aReloadTouchesOnlySinksThatChange() throws {
        try Self.withScene { scene in
            let first = try #require(scene.memory)
            var other = scene.configuration
            other.events.samples = "second"
            let dropped = try Scene.prepare(other, [.sink("memory")], replacing: scene.outputs)
            #expect(!dropped.renewsState && dropped.changes.count == 1)
            #expect(!first.isClosed && scene.memory === first, "a preparation has no effect")
            scene.outputs.adopt(try Scene.prepare(other, [.programLog], replacing: scene.outputs))
            #expect(scene.memory === first)
            scene.outputs.adopt(try Scene.prepare(other, [.sink("memory")], replacing: scene.outputs))
            let second = try #require(scene.memory)
            #expect(first.isClosed && second.name == "second")
            #expect(second.logPath == scene.configuration.events.log?.path)
            other.events.samples = nil
            scene.outputs.adopt(try Scene.prepare(other, [.sink("memory")], replacing: scene.outputs))
            #expect(second.isClosed && scene.memory == nil)
            #expect(scene.outputs.figures.map(\.name) == ["log"])
        }
    }

    @Test func aSinkThatStaysFollowsANewLog() throws {
        try Self.withScene { scene in
            let memory = scene.memory
            var other = scene.configuration
            other.events.log?.path += ".new"
            let preparation = try Scene.prepare(other, [.sink("log")], replacing: scene.outputs)
            #expect(preparation.renewsState)
            scene.outputs = ServiceOutputs(preparation, after: scene.outputs)
            #expect(scene.memory === memory)
            #expect(memory?.logPath == other.events.log?.path)
        }
    }
}
