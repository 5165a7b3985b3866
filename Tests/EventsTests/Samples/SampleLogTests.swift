import Basics
import Foundation
import TestSupport
import Testing

@testable import Events

/// Stored samples come back bit for bit, and a file that was torn or damaged is read up to there.
@Suite(.timeLimit(.minutes(10))) struct SampleLogTests {
    private static let header = SampleLog.Header(
        source: "a.mp4", epoch: Timestamp(milliseconds: 1_700_000_000_123), clock: "creationTime", start: 0.25,
        model: "test", labels: (0..<20).map { "label \($0)" }, detectsObjects: false, classes: nil)

    private static func scores(_ random: inout SplitMix64) -> [Float] {
        SampleScores.significant(
            (0..<20).map { _ in Float.random(in: 0...1, using: &random) * (Bool.random(using: &random) ? 1 : 0.0001) })
    }

    private static func box(_ random: inout SplitMix64) -> BoundingBox {
        BoundingBox(
            x: .random(in: -0.1...1, using: &random), y: .random(in: -0.1...1, using: &random),
            width: .random(in: 0...1, using: &random), height: .random(in: 0...1, using: &random))
    }

    private static func records(_ count: Int, seed: UInt64, objects: Bool) -> [SampleRecord] {
        var random = SplitMix64(state: seed)
        return (0..<count).map { index in
            let output: SampleRecord.Output
            if objects {
                let found = (0..<Int.random(in: 0...4, using: &random)).map { _ in
                    ObjectDetection(
                        label: .random(in: 0..<20, using: &random), score: .random(in: 0...1, using: &random),
                        box: box(&random))
                }
                let coverage =
                    Bool.random(using: &random)
                    ? Coverage(hasWholeFrame: index % 2 == 0, crops: [box(&random)]) : nil
                output = .objects(
                    found, coverage: coverage,
                    classifications: index % 3 == 0
                        ? [ObjectClassification(track: index, scores: scores(&random), box: box(&random))] : [])
            } else {
                output = .scores(scores(&random))
            }
            var record = SampleRecord(
                media: Double(index) / 3, steps: index % 5 == 4 ? [0.1, -3] : [], output: output)
            if index % 4 == 0 {
                record.features = [
                    SampleFeature(box: nil, values: [1, -128, 127]), SampleFeature(box: box(&random), vector: [3, -4]),
                ]
            }
            return record
        }
    }

    private static func header(objects: Bool) -> SampleLog.Header {
        var header = header
        header.detectsObjects = objects
        if objects { header.classes = header.labels }
        return header
    }

    private static func read(_ path: String) throws -> (records: [SampleRecord], end: EndReason?, offset: Int) {
        let reader = try SampleLogReader(path)
        var records: [SampleRecord] = []
        while let record = try reader.next() { records.append(record) }
        return (records, reader.end, reader.offset)
    }

    @Test(arguments: [false, true]) func samplesComeBackExactly(objects: Bool) throws {
        try Recording.withFolder { folder in
            let path = folder + "/a.samples"
            let records = Self.records(200, seed: 7, objects: objects)
            let writer = try SampleLogWriter.create(path, Self.header(objects: objects))
            for record in records { try writer.add(record) }
            try writer.finish(.sourceLost)
            let found = try Self.read(path)
            #expect(found.records == records)
            #expect(found.end == .sourceLost)
            #expect(try SampleLogReader(path).header == Self.header(objects: objects))
        }
    }

    /// A program may be killed within any byte.
    @Test func aTornFileEndsWithItsLastWholeSample() throws {
        try Recording.withFolder { folder in
            let path = folder + "/a.samples"
            let records = Self.records(20, seed: 1, objects: true)
            let writer = try SampleLogWriter.create(path, Self.header(objects: true))
            for record in records { try writer.add(record) }
            try writer.flush()
            let whole = try Data(contentsOf: URL(fileURLWithPath: path))
            var last = 0
            for length in stride(from: whole.count, to: whole.count - 600, by: -7) {
                try whole.prefix(length).write(to: URL(fileURLWithPath: path))
                let found = try Self.read(path)
                #expect(found.records == Array(records.prefix(found.records.count)))
                #expect(found.offset <= length)
                last = found.records.count
            }
            #expect(last < 20)
        }
    }

    @Test func anInterruptedFileGoesOnAtItsCheckpoint() throws {
        try Recording.withFolder { folder in
            let path = folder + "/a.samples"
            let records = Self.records(50, seed: 3, objects: false)
            let writer = try SampleLogWriter.create(path, Self.header)
            for record in records.prefix(20) { try writer.add(record) }
            let (count, size) = (writer.count, writer.size)
            for record in Self.records(9, seed: 99, objects: false) { try writer.add(record) }
            try writer.flush()
            let next = try SampleLogWriter.resume(path, count: count, size: size)
            for record in records.dropFirst(20) { try next.add(record) }
            try next.finish(.sourceEnded)
            #expect(next.count == 50)
            #expect(try Self.read(path).records == records)
        }
    }

    /// A file may come from anywhere: what is wrong is an error or the end, and nothing else.
    @Test func damagedFilesAreErrorsOrEnd() throws {
        try Recording.withFolder { folder in
            let path = folder + "/a.samples"
            let writer = try SampleLogWriter.create(path, Self.header(objects: true))
            for record in Self.records(5, seed: 4, objects: true) { try writer.add(record) }
            try writer.finish(.sourceEnded)
            let whole = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
            var random = SplitMix64(state: 5)
            for _ in 0..<2000 {
                var bytes = whole
                for _ in 0..<Int.random(in: 1...4, using: &random) {
                    bytes[Int.random(in: bytes.indices, using: &random)] = .random(in: 0...255, using: &random)
                }
                try Data(bytes).write(to: URL(fileURLWithPath: path))
                do { _ = try Self.read(path) } catch is FileError {}
            }
        }
    }

    /// The checksum hides damage from the decoder of records, which is tried by itself.
    @Test func damagedRecordsAreErrors() {
        var random = SplitMix64(state: 6)
        for record in Self.records(40, seed: 8, objects: true) + Self.records(40, seed: 9, objects: false) {
            let whole = SampleCoding.bytes(record)
            for _ in 0..<200 {
                var bytes = whole
                bytes[Int.random(in: bytes.indices, using: &random)] = .random(in: 0...255, using: &random)
                if Bool.random(using: &random) {
                    bytes = Array(bytes.prefix(.random(in: 0...bytes.count, using: &random)))
                }
                do { _ = try SampleCoding.record(bytes[...]) } catch {}
            }
        }
    }

    @Test func scoresThatAreNoiseCountAsZero() {
        #expect(SampleScores.significant([0.4, 0.0004, 0.0005, 0]) == [0.4, 0, 0.0005, 0])
    }
}
