import Basics
import Events
import MobileNet

/// Output of a network for one sample.
enum Observation: Sendable {
    /// Scores of a classifier: one for each class.
    case scores([Float])
    /// Objects of a detector. `coverage` is what it searched; `nil` for the whole frame.
    case objects([ObjectDetection], coverage: Coverage? = nil)

    /// Merges what a network says of the images of a sample.
    ///
    /// - Parameter parts: one for each image, in their order. A classifier has one.
    init(_ parts: [Observation], of images: SampleImages) {
        if case .scores(let scores) = parts.first {
            self = .scores(scores)
            return
        }
        let detections = zip(parts, images.images).map { part, image in
            CropDetections(part: image.place, isCrop: image.isCrop, detections: part.detections)
        }
        self = .objects(CropMerger.merge(detections), coverage: images.coverage)
    }

    private var detections: [ObjectDetection] {
        guard case .objects(let objects, _) = self else { return [] }
        return objects
    }
}

/// Network of a worker with its memory: a classifier or a detector.
///
/// It may be used from any thread, but only by one thread at a time.
final class Recognizer {
    private let network: (_ pixels: UnsafePointer<UInt8>, _ bytesPerRow: Int) -> Observation

    /// Allocates the memory of a session.
    init(plan: Plan) {
        if plan.task == .detection {
            let detector = Detector(plan: plan)
            network = { .objects(detector.detections(pixels: $0, bytesPerRow: $1).map(ObjectDetection.init)) }
        } else {
            let classifier = Classifier(plan: plan)
            network = { .scores(classifier.probabilities(pixels: $0, bytesPerRow: $1)) }
        }
    }

    /// Runs the network on an image.
    ///
    /// - Parameter image: interleaved 8-bit RGB, `[1, H, W, 3]`, with the size of the network's input.
    func observe(_ image: SampleImages.Image) -> Observation {
        network(UnsafePointer(image.buffer.base), image.buffer.bytesPerRow)
    }
}

/// What a network says of the images of a sample while they are inspected, by several workers in any order.
final class PartialObservation: Sendable {
    private let images: SampleImages
    private let parts: Mutex<[Observation?]>

    init(_ images: SampleImages) {
        self.images = images
        parts = Mutex(Array(repeating: nil, count: images.images.count))
    }

    /// Adds what the network says of an image.
    ///
    /// - Parameter index: index of the image.
    /// - Returns: the observation of the sample if this was the last image.
    func add(_ part: Observation, of index: Int) -> Observation? {
        let all = parts.withLock { parts -> [Observation]? in
            parts[index] = part
            let known = parts.compactMap { $0 }
            return known.count == parts.count ? known : nil
        }
        return all.map { Observation($0, of: images) }
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
        case .objects(let objects, _):
            detections = objects.map { object in
                Detection(label: names.labels[object.label], score: object.score, box: object.box)
            }
        }
    }
}
