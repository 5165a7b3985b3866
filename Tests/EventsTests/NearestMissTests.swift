import Testing

@testable import Events

/// The label that came nearest to its enter threshold.
@Suite(.timeLimit(.minutes(10))) struct NearestMissTests {
    private static let labels = ["tabby", "lynx", "cab"]
    private static let targets = [
        LabelTarget(classes: [0, 1], group: "cat", thresholds: Thresholds(enter: 0.8)),
        LabelTarget(classes: [2], group: nil, thresholds: Thresholds(enter: 0.4)),
    ]

    private func nearest(_ samples: [[Float]]) -> NearestMiss? {
        var search = NearestMissSearch()
        for (time, scores) in samples.enumerated() { search.observe(Self.targets, scores: scores, media: Double(time)) }
        return search.result(Self.targets, labels: Self.labels)
    }

    @Test func scoresAreRelativeToTheEnterThreshold() throws {
        #expect(nearest([]) == nil)
        let cab = try #require(nearest([[0.1, 0.2, 0.1], [0.25, 0.25, 0.3], [0.25, 0.25, 0.3]]))
        #expect(
            cab.label == "cab" && cab.group == nil && abs(cab.score - 0.3) < 1e-6 && cab.media == 1 && !cab.wasTooShort)
        let cat = try #require(nearest([[0.1, 0.2, 0.1], [0.3, 0.4, 0.3]]))
        #expect(cat.label == "lynx" && cat.group == "cat" && abs(cat.score - 0.7) < 1e-6)
        #expect(try #require(nearest([[0.5, 0.5, 0]])).wasTooShort)
    }
}
