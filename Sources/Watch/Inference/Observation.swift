import Basics
import Events
import MobileNet

/// Output of a network for one sample.
enum Observation: Sendable {
    /// Scores of a classifier: one for each class.
    case scores([Float])
    /// Objects of a detector. `coverage` are the regions that it was given; `nil` for the whole frame.
    case objects([ObjectDetection], coverage: [BoundingBox]? = nil)
}

/// Network of a worker with its memory: a classifier or a detector.
///
/// It may be used from any thread, but only by one thread at a time.
final class Recognizer {
    private enum Network {
        case classifier(Classifier)
        case detector(Detector)
    }

    private let network: Network

    /// Allocates the memory of a session.
    init(plan: Plan) {
        network = plan.task == .detection ? .detector(Detector(plan: plan)) : .classifier(Classifier(plan: plan))
    }

    /// Runs the network on an image.
    ///
    /// - Parameters:
    ///   - pixels: interleaved 8-bit RGB, `[1, H, W, 3]`, with the size of the network's input.
    ///   - bytesPerRow: the distance between the starts of two rows, in bytes.
    func observe(pixels: UnsafePointer<UInt8>, bytesPerRow: Int) -> Observation {
        switch network {
        case .classifier(let classifier):
            .scores(classifier.probabilities(pixels: pixels, bytesPerRow: bytesPerRow))
        case .detector(let detector):
            .objects(detector.detections(pixels: pixels, bytesPerRow: bytesPerRow).map(ObjectDetection.init))
        }
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
