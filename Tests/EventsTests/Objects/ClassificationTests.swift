import Basics
import Testing

@testable import Events

/// The second stage gives attributes, and corrects the detector.
@Suite(.timeLimit(.minutes(10))) struct ClassificationTests {
    /// Labels of the detector are 0 (person) and 1 (vehicle); 2 is "animal" and 3 is "bird".
    private static let rules = ClassificationRules(
        classNames: ["cockatoo", "tabby", "minivan"],
        corrections: [
            ClassificationRules.Correction(
                label: 0, classes: [0, 1], threshold: 0.3, corrected: 2,
                kinds: [ClassificationRules.Kind(classes: [0], label: 3)])
        ])

    private static func settings(_ labels: [Int] = [0, 1, 2, 3]) -> ObjectSettings {
        var settings = ObjectSettings(
            targets: labels.map { LabelTarget(classes: [$0], group: nil, thresholds: Thresholds(enter: 0.5)) })
        settings.classification = rules
        return settings
    }

    private static func time(_ sample: Int) -> SampleTime {
        SampleTime(media: Double(sample) / 5, epoch: Timestamp(milliseconds: 0))
    }

    private static func object(_ label: Int) -> ObjectDetection {
        ObjectDetection(label: label, score: 0.9, box: BoundingBox(x: 0.4, y: 0.4, width: 0.2, height: 0.4))
    }

    /// Runs ten samples of one object, classified from the second on, and finishes.
    private static func run(_ label: Int, _ scores: [Float]?, _ settings: ObjectSettings = settings()) -> [ObjectChange]
    {
        var detector = ObjectEventDetector(settings: settings)
        var changes: [ObjectChange] = []
        for sample in 0..<10 {
            let classifications = scores.map { [ObjectClassification(track: 0, scores: $0)] } ?? []
            changes += detector.observe(
                [object(label)], classifications: sample > 0 ? classifications : [], at: time(sample))
        }
        return changes + detector.finish(.shutdown)
    }

    @Test(
        arguments: [
            ([0.6, 0.1, 0], 3), ([0.1, 0.4, 0], 2), ([0.1, 0.1, 0.7], 0),
        ] as [([Float], Int)]) func aPersonThatIsAnAnimalIsCorrected(scores: [Float], label: Int)
    {
        let changes = Self.run(0, scores)
        #expect(changes.map(\.object.label) == [label, label])
    }

    @Test func otherLabelsAreNotCorrected() {
        #expect(Self.run(1, [0.9, 0, 0]).map(\.object.label) == [1, 1])
    }

    @Test func aCorrectedObjectThatNobodyWantsIsNotReported() {
        #expect(Self.run(0, [0.6, 0, 0], Self.settings([0, 1])).isEmpty)
        #expect(Self.run(0, [0.6, 0, 0], Self.settings([3])).count == 2, "and one that only the correction gives is")
    }

    @Test func votesGiveAttributes() {
        let ended = Self.run(1, [0.05, 0.05, 0.8]).last?.object
        #expect(ended?.attributes.map(\.label) == ["minivan"])
        #expect(abs((ended?.attributes.first?.score ?? 0) - 0.8) < 1e-6)
        #expect(Self.run(1, [0.3, 0.3, 0.3]).last?.object.attributes == [], "no class is likely")
    }

    /// The first sample after two seconds reports it.
    @Test func anObjectIsReportedWithoutVotesWhenTheClassifierDoesNotAnswer() {
        var detector = ObjectEventDetector(settings: Self.settings())
        let starts = (0..<20).filter { !detector.observe([Self.object(0)], at: Self.time($0)).isEmpty }
        #expect(starts == [10])
    }

    @Test func anObjectIsClassifiedAFewTimesAtOnceAndSeldomLater() {
        var detector = ObjectEventDetector(settings: Self.settings())
        var votes: [Int] = []
        for sample in 0..<100 {
            let wants = detector.tracker.tracks.first.map {
                detector.wantsClassification(of: $0, at: Self.time(sample).monotonic)
            }
            if wants == true { votes.append(sample) }
            _ = detector.observe(
                [Self.object(1)],
                classifications: wants == true ? [ObjectClassification(track: 0, scores: [0, 0, 1])] : [],
                at: Self.time(sample))
        }
        #expect(votes.prefix(3) == [1, 2, 3])
        #expect(votes.count == 8)
        #expect(zip(votes.dropFirst(2), votes.dropFirst(3)).allSatisfy { (5...6).contains($1 - $0) }, "\(votes)")
    }

    @Test func scoresOfAnotherNumberOfClassesAndOfUnknownTracksAreIgnored() {
        var detector = ObjectEventDetector(settings: Self.settings())
        for sample in 0..<6 {
            _ = detector.observe(
                [Self.object(0)],
                classifications: [
                    ObjectClassification(track: 0, scores: sample == 1 ? [0.9, 0, 0] : [0, 0, 0, 0, 1]),
                    ObjectClassification(track: 7, scores: [0, 0, 1]),
                ], at: Self.time(sample))
        }
        #expect(detector.present.allSatisfy { $0.label == 3 })
    }

    // MARK: - Parts of animals

    /// Runs samples of boxes that the detector calls persons, each classified, and returns starts and ends in short.
    private static func run(
        boxes: [[(x: Double, width: Double)]], scores: [Float], detectorLabels: Int = 2
    ) -> [String] {
        var settings = settings()
        settings.classification?.detectorLabels = detectorLabels
        var detector = ObjectEventDetector(settings: settings)
        var changes: [ObjectChange] = []
        for (sample, boxes) in boxes.enumerated() {
            let detections = boxes.map { place in
                ObjectDetection(
                    label: 0, score: 0.9, box: BoundingBox(x: place.x, y: 0.1, width: place.width, height: 0.8))
            }
            let votes = detector.tracker.tracks.map { ObjectClassification(track: $0.number, scores: scores) }
            changes += detector.observe(detections, classifications: votes, at: time(sample))
        }
        changes += detector.finish(.shutdown)
        return changes.map(ObjectEventDetectorTests.short)
    }

    /// Two boxes on a bird that comes near: the first one is lost, the second one stays.
    private static let parts: [[(x: Double, width: Double)]] =
        Array(repeating: [(0.1, 0.4)], count: 8) + Array(repeating: [(0.1, 0.4), (0.35, 0.5)], count: 8)
        + Array(repeating: [(0.35, 0.5)], count: 20)

    @Test func partsOfAnAnimalAreOneObjectThatGoesOn() {
        #expect(Self.run(boxes: Self.parts, scores: [0.8, 0, 0]) == ["start 0", "end 0 shutdown"])
        let gone = Self.parts + Array(repeating: [], count: 20)
        #expect(Self.run(boxes: gone, scores: [0.8, 0, 0]) == ["start 0", "end 0 cleared"])
    }

    /// Persons whom the detector knows, and animals that it knows, are what it says.
    @Test func overlappingObjectsThatTheDetectorKnowsAreTwo() {
        let two = ["end 0 cleared", "end 1 shutdown", "start 0", "start 1"]
        #expect(Self.run(boxes: Self.parts, scores: [0, 0, 0.8]).sorted() == two)
        #expect(Self.run(boxes: Self.parts, scores: [0.8, 0, 0], detectorLabels: 4).sorted() == two)
    }

    @Test func twoAnimalsSideBySideAreTwo() {
        let boxes: [[(x: Double, width: Double)]] = Array(repeating: [(0.1, 0.3), (0.35, 0.3)], count: 20)
        #expect(
            Self.run(boxes: boxes, scores: [0.8, 0, 0]).sorted() == [
                "end 0 shutdown", "end 1 shutdown", "start 0", "start 1",
            ])
    }

    /// At first a bird is seen, and then only some animal.
    @Test func aNarrowerLabelIsNotGivenUp() {
        var detector = ObjectEventDetector(settings: Self.settings())
        var labels: [Int] = []
        for sample in 0..<30 {
            let scores: [Float] = sample < 5 ? [0.9, 0, 0] : [0, 0.9, 0]
            _ = detector.observe(
                [Self.object(0)], classifications: [ObjectClassification(track: 0, scores: scores)],
                at: Self.time(sample))
            labels += detector.present.map(\.label)
        }
        #expect(Set(labels) == [3] && labels.count > 20)
    }
}
