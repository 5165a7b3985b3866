import Basics
import Events
import MobileNet

/// Output of a network for one sample.
enum Observation: Sendable {
    /// Scores of a classifier: one for each class.
    case scores([Float])
    /// Objects of a detector. `coverage` is what it searched; `nil` for the whole frame. `classifications` are those of the
    /// second stage.
    case objects(
        [ObjectDetection], coverage: Coverage? = nil, classifications: [ObjectClassification] = [])

    /// Whether a network inspected anything of the frame. Nothing is due in a frame in which nothing moves.
    var isInspected: Bool {
        guard case .objects(_, let coverage?, _) = self else { return true }
        return coverage.hasWholeFrame || !coverage.crops.isEmpty
    }

    /// Merges what the networks say of the images of a sample.
    ///
    /// - Parameter parts: one for each image, in their order. A classifier has one.
    init(_ parts: [Recognizer.Output], of images: SampleImages) {
        var regions: [CropDetections] = []
        var classifications: [ObjectClassification] = []
        for (output, image) in zip(parts, images.images) {
            switch (output, image.role) {
            case (.scores(let scores, _), .object(let track, let box)):
                classifications.append(
                    ObjectClassification(track: track, scores: SampleScores.significant(scores), box: box))
            case (.scores(let scores, _), _):
                self = .scores(SampleScores.significant(scores))
                return
            case (.detections(let detections), let role):
                regions.append(
                    CropDetections(part: image.place, isCrop: role == .crop, detections: detections))
            }
        }
        self = .objects(
            CropMerger.merge(regions), coverage: images.coverage, classifications: classifications)
    }
}

/// Outputs of the networks for a sample: the observation, and the feature vectors of its images.
struct Inspection: Sendable {
    var observation: Observation
    /// Of the whole frame, or of objects. Empty if they are not wanted.
    var features: [SampleFeature]

    /// - Parameters: as for ``Observation/init(_:of:)``.
    init(_ parts: [Recognizer.Output], of images: SampleImages) {
        observation = Observation(parts, of: images)
        features = zip(parts, images.images).compactMap { part, image in
            guard case .scores(_, let vector?) = part else { return nil }
            guard case .object(_, let box) = image.role else { return SampleFeature(box: nil, vector: vector) }
            return SampleFeature(box: box, vector: vector)
        }
    }
}

/// Networks of a worker with their memory: a classifier, or a detector and the classifier of its objects.
///
/// It may be used from any thread, but only by one thread at a time.
final class Recognizer {
    /// What a network says of an image.
    enum Output: Sendable {
        /// Scores of a classifier, one for each class, and its feature vector if it is wanted.
        case scores([Float], features: [Float]?)
        /// Objects of a detector, in normalized coordinates of the image.
        case detections([ObjectDetection])
    }

    private typealias Network = (_ pixels: UnsafePointer<UInt8>, _ bytesPerRow: Int) -> Output

    private let plans: NetworkPlans
    private let first: Network
    /// Made with the first object.
    private lazy var second: Network? = plans.second.map {
        Self.network($0, wantsFeatures: plans.wantsFeatures)
    }

    /// Allocates the memory of a session.
    init(plans: NetworkPlans) {
        self.plans = plans
        first = Self.network(plans.first, wantsFeatures: plans.wantsFeatures)
    }

    private static func network(_ plan: Plan, wantsFeatures: Bool) -> Network {
        if plan.task == .detection {
            let detector = Detector(plan: plan)
            return { .detections(detector.detections(pixels: $0, bytesPerRow: $1).map(ObjectDetection.init)) }
        }
        let classifier = Classifier(plan: plan)
        return { pixels, bytesPerRow in
            let scores = classifier.probabilities(pixels: pixels, bytesPerRow: bytesPerRow)
            return .scores(scores, features: wantsFeatures ? classifier.features : nil)
        }
    }

    /// Runs a network on an image: the classifier of objects on that of an object, the first network on any other.
    ///
    /// - Parameter image: interleaved 8-bit RGB, `[1, H, W, 3]`, with the size of the network's input.
    func observe(_ image: SampleImages.Image) -> Output {
        var network = first
        if case .object = image.role, let second { network = second }
        return network(UnsafePointer(image.buffer.base), image.buffer.bytesPerRow)
    }
}

/// Plans of the networks that the workers run.
package struct NetworkPlans: Sendable {
    /// Plan of the network that inspects frames.
    package let first: Plan
    /// Plan of the second stage, which classifies the objects of a detector; `nil` without one.
    package let second: Plan?
    /// True if the classifier's feature vectors are stored.
    package let wantsFeatures: Bool

    package init(_ first: Plan, second: Plan? = nil, wantsFeatures: Bool = false) {
        self.first = first
        self.second = first.task == .detection ? second : nil
        self.wantsFeatures = wantsFeatures
    }

    /// Number of components of a feature vector; 0 if no network gives one.
    package var featureCount: Int { first.task == .detection ? second?.featureCount ?? 0 : first.featureCount }
}

/// What a network says of the images of a sample while they are inspected, by several workers in any order.
final class PartialObservation: Sendable {
    private let images: SampleImages
    private let parts: Mutex<[Recognizer.Output?]>

    init(_ images: SampleImages) {
        self.images = images
        parts = Mutex(Array(repeating: nil, count: images.images.count))
    }

    /// Adds what the network says of an image.
    ///
    /// - Parameter index: index of the image.
    /// - Returns: the inspection of the sample if this was the last image.
    func add(_ part: Recognizer.Output, of index: Int) -> Inspection? {
        let all = parts.withLock { parts -> [Recognizer.Output]? in
            parts[index] = part
            let known = parts.compactMap { $0 }
            return known.count == parts.count ? known : nil
        }
        return all.map { Inspection($0, of: images) }
    }
}

extension ObjectDetection {
    init(_ detection: Detection) {
        self.init(
            label: detection.classIndex, score: Double(detection.score),
            box: BoundingBox(
                left: Double(detection.left), top: Double(detection.top), right: Double(detection.right),
                bottom: Double(detection.bottom)))
    }
}

extension SampleLine {
    /// Makes a sample line of the highest scores, or of all objects.
    init(_ observation: Observation, time: SampleTime, names: RegionNames) {
        self.init(
            time: time.wallClock, media: time.media, source: names.source, region: names.region, model: names.model)
        switch observation {
        case .scores(let scores):
            self.scores = highest(SampleLine.scoreCount, of: scores).map { (names.labels[$0.place], Double($0.score)) }
        case .objects(let objects, _, _):
            detections = objects.map { object in
                Detection(label: names.labels[object.label], score: object.score, box: object.box)
            }
        }
    }
}

extension Observation {
    /// Creates the observation of a stored sample.
    init(_ output: SampleRecord.Output) {
        switch output {
        case .scores(let scores): self = .scores(scores)
        case .objects(let objects, let coverage, let classifications):
            self = .objects(objects, coverage: coverage, classifications: classifications)
        }
    }
}

extension SampleRecord {
    init(_ inspection: Inspection, _ sample: RecordingEventDetector.RecordingTime) {
        let output: Output
        switch inspection.observation {
        case .scores(let scores): output = .scores(scores)
        case .objects(let objects, let coverage, let classifications):
            output = .objects(objects, coverage: coverage, classifications: classifications)
        }
        self.init(
            media: sample.time.media, steps: sample.steps, output: output, features: inspection.features)
    }
}
