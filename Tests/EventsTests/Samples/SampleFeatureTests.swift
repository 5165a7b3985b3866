import Basics
import Foundation
import TestSupport
import Testing

@testable import Events

/// Feature vectors are stored in few bytes, and found again in files of any condition.
@Suite(.timeLimit(.minutes(10))) struct SampleFeatureTests {
    private static let header = SampleLog.Header(
        source: "a.mp4", epoch: Timestamp(milliseconds: 0), clock: "none", start: 0, model: "test", labels: ["a"],
        detectsObjects: true, classes: nil)

    private static func vector(_ random: inout SplitMix64, count: Int = 1280) -> [Float] {
        (0..<count).map { _ in Float.random(in: 0...6, using: &random) }
    }

    @Test func aVectorBecomesAUnitVectorOfBytes() {
        let feature = SampleFeature(box: nil, vector: [3, -4, 0])
        #expect(feature.values == [95, -127, 0])
        let length = feature.values.reduce(0) { $0 + pow(Float($1) * feature.scale, 2) }
        #expect(abs(length - 1) < 1e-6)
        #expect(SampleFeature(box: nil, vector: [0, 0]).scale == 0)
        #expect(SampleFeature(box: nil, vector: [.infinity, 1]).scale == 0)
    }

    @Test func aSampleWithAVectorTakesLittleMore() {
        var random = SplitMix64(state: 1)
        let box = BoundingBox(x: 0.1, y: 0.2, width: 0.3, height: 0.4)
        func size(_ features: [SampleFeature]) -> Int {
            SampleCoding.bytes(
                SampleRecord(
                    media: 1, output: .objects([], coverage: nil, classifications: []), features: features)
            ).count
        }
        let feature = SampleFeature(box: box, vector: Self.vector(&random))
        #expect(size([feature]) - size([]) <= 1300)
    }

    @Test func theReaderOfVectorsFindsWhatWasWritten() throws {
        try Recording.withFolder { folder in
            let path = folder + "/a.samples"
            var random = SplitMix64(state: 2)
            // More than a chunk of the reader.
            let records = (0..<1500).map { index in
                SampleRecord(
                    media: Double(index) / 4, output: .objects([], coverage: nil, classifications: []),
                    features: (0..<index % 3).map { place in
                        let box = BoundingBox(x: Double(place) / 5, y: 0.25, width: 0.5, height: 0.125)
                        return SampleFeature(box: place == 0 ? nil : box, vector: Self.vector(&random))
                    })
            }
            let writer = try SampleLogWriter.create(path, Self.header)
            for record in records { try writer.add(record) }
            try writer.finish(.sourceEnded)
            let reader = try SampleFeatureReader(path)
            var found: [(Double, SampleFeature, Bool)] = []
            reader.forEach { entry in
                let feature = SampleFeature(box: entry.box, values: Array(entry.values))
                #expect(feature.scale == entry.scale)
                found.append((entry.media, feature, reader.isIntact(at: entry.offset)))
            }
            #expect(found.map(\.1) == records.flatMap(\.features))
            #expect(found.map(\.0) == records.flatMap { record in record.features.map { _ in record.media } })
            #expect(found.allSatisfy { $0.2 })
        }
    }

    /// A file may come from anywhere.
    @Test func corruptFilesGiveFewerVectorsOrVectorsThatAreNotIntact() throws {
        try Recording.withFolder { folder in
            let path = folder + "/a.samples"
            var random = SplitMix64(state: 3)
            let writer = try SampleLogWriter.create(path, Self.header)
            for index in 0..<4 {
                let features = [
                    SampleFeature(
                        box: BoundingBox(x: 0, y: 0, width: 1, height: 1), vector: Self.vector(&random, count: 9))
                ]
                try writer.add(
                    SampleRecord(
                        media: Double(index), output: .objects([], coverage: nil, classifications: []),
                        features: features))
            }
            try writer.finish(.sourceEnded)
            let whole = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
            for _ in 0..<2000 {
                var bytes = whole
                for _ in 0..<Int.random(in: 1...4, using: &random) {
                    bytes[Int.random(in: bytes.indices, using: &random)] = .random(in: 0...255, using: &random)
                }
                bytes.removeLast(.random(in: 0...20, using: &random))
                try Data(bytes).write(to: URL(fileURLWithPath: path))
                guard let reader = try? SampleFeatureReader(path) else { continue }
                var places: [Int] = []
                reader.forEach { if reader.isIntact(at: $0.offset) { places.append($0.offset) } }
                #expect(places.count <= 4)
                #expect(places.allSatisfy { bytes.indices.contains($0) })
            }
            let log = try? SampleFeatureReader(path)
            #expect(log?.isIntact(at: whole.count) != true)
        }
    }
}
