import Basics
import Foundation
import TestSupport
import Testing

@testable import Archive
@testable import Events

/// The moments that are most like an example are found, each once.
@Suite(.timeLimit(.minutes(10))) struct MomentSearchTests {
    private static let header = SampleLog.Header(
        source: "a.mp4", epoch: Timestamp(milliseconds: 1000), clock: "none", start: 10, model: "test", labels: ["a"],
        detectsObjects: true, classes: nil)

    private static func vector(_ random: inout SplitMix64, count: Int) -> [Float] {
        (0..<count).map { _ in Float.random(in: -2...2, using: &random) }
    }

    /// Writes samples with a vector each, and returns their reader.
    private static func reader(
        _ path: String, _ samples: [(time: Double, vector: [Float])]
    ) throws -> SampleFeatureReader {
        let writer = try SampleLogWriter.create(path, header)
        for sample in samples {
            try writer.add(
                SampleRecord(
                    media: header.start + sample.time, output: .objects([], coverage: nil, classifications: []),
                    features: [SampleFeature(box: nil, vector: sample.vector)]))
        }
        try writer.finish(.sourceEnded)
        return try SampleFeatureReader(path)
    }

    @Test(arguments: [1, 15, 16, 31, 1024, 1280, 70_000]) func likenessIsTheCosineOfTheAngle(count: Int) throws {
        try Recording.withFolder { folder in
            var random = SplitMix64(state: UInt64(count))
            let vectors = (0..<4).map { _ in Self.vector(&random, count: count) }
            let reader = try Self.reader(folder + "/a.samples", vectors.map { (0, $0) })
            let query = FeatureQuery(SampleFeature(box: nil, vector: vectors[0]))
            var found: [Float] = []
            reader.forEach { found.append(query.likeness(to: $0) ?? .nan) }
            for (vector, likeness) in zip(vectors, found) {
                func dot(_ a: [Float], _ b: [Float]) -> Double {
                    zip(a, b).reduce(0) { $0 + Double($1.0) * Double($1.1) }
                }
                let cosine =
                    dot(vector, vectors[0]) / (dot(vector, vector) * dot(vectors[0], vectors[0])).squareRoot()
                // Each component is rounded to a 127th of the largest.
                #expect(abs(Double(likeness) - cosine) < 0.01)
            }
            #expect(found.count == 4)
        }
    }

    @Test func vectorsOfAnotherNetworkAreNotCompared() throws {
        try Recording.withFolder { folder in
            let reader = try Self.reader(folder + "/a.samples", [(0, [1, 2, 3])])
            let query = FeatureQuery(SampleFeature(box: nil, vector: [1, 2]))
            #expect(MomentSearch.moments(in: reader, at: nil, like: [query], gap: 5, count: 5).isEmpty)
        }
    }

    /// A car that is parked for an hour is one moment, not hundreds.
    @Test func samplesThatAreAlikeAreOneMoment() throws {
        try Recording.withFolder { folder in
            let (car, cat): ([Float], [Float]) = ([1, 0.1, 0], [0, 0.2, 1])
            let samples = (0..<400).map { index in
                (time: Double(index), vector: (100..<300).contains(index) ? car : cat)
            }
            let reader = try Self.reader(folder + "/a.samples", samples)
            let query = FeatureQuery(SampleFeature(box: nil, vector: car))
            let moments = MomentSearch.moments(in: reader, at: "/a.mp4", like: [query], gap: 5, count: 3)
            #expect(moments.map(\.start).first == 100)
            #expect((295...299).contains(moments.first?.end ?? 0))
            #expect(moments.first.map { $0.likeness > 0.999 } == true)
            #expect(moments.first?.media == moments.first.map { $0.best + 10 })
            #expect(moments.first?.time.description == Timestamp(milliseconds: 111_000).description)
            #expect(moments.dropFirst().allSatisfy { $0.likeness < 0.1 })
        }
    }

    @Test func momentsAreApartIfNothingIsAlikeBetweenThem() {
        var search = MomentSearch(gap: 2)
        for (position, likeness) in [(0.0, 0.9), (1, 0.95), (10, 0.2), (20, 0.97), (22, 0.3), (24, 0.96)] {
            search.add(MomentSearch.Sample(position: position, likeness: likeness))
        }
        let moments = search.moments(9) { _ in true }
        #expect(moments.map(\.best.position) == [20, 24, 1, 22, 10])
        #expect(search.moments(1) { $0.position != 20 }.map(\.best.position) == [24])
    }
}
