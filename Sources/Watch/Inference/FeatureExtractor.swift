import Basics
import Capture
import Events
import MobileNet

/// Makes feature vectors of examples, as an analysis makes them of frames and objects.
///
/// To be used by one thread at a time.
package final class FeatureExtractor {
    private let classifier: Classifier
    private let pixels: PixelBuffer
    private let fit: Fit

    /// - Parameters:
    ///   - plan: of a classifier with a feature vector (see `Plan.featureCount`).
    ///   - fit: scaling of whole frames.
    package init(_ plan: Plan, fit: Fit) {
        classifier = Classifier(plan: plan)
        pixels = PixelBuffer(width: plan.inputShape.width, height: plan.inputShape.height)
        self.fit = fit
    }

    /// Returns the feature vectors of an image, or of an object in it.
    ///
    /// An image may show a whole frame or just an object. So there are two vectors of it: one scaled as frames are, and one of the
    /// square in its middle, scaled as objects are.
    ///
    /// - Parameters:
    ///   - path: of an image, or of a video, whose first frame counts.
    ///   - object: place of the object in normalized coordinates; `nil` for the whole image.
    /// - Throws: ``SourceError``.
    package func features(
        of path: String, object: BoundingBox?, interruption: CancellationToken
    ) throws -> [SampleFeature] {
        let source = FileSource(path: path, sampling: .all, decoderThreads: 1, interruption: interruption)
        defer { source.close() }
        try source.open()
        guard let frame = try source.nextFrame() else { throw SourceError.noFrames(nil) }
        let size = frame.squarePixelSize
        let whole = BoundingBox(x: 0, y: 0, width: 1, height: 1)
        guard let square = SampleScaler.surroundings(of: object ?? whole, in: size) else {
            throw SourceError.malformed("the box lies outside of the image")
        }
        let vector = try feature(of: frame, square, Scaler(fit: .squash))
        return object == nil ? [try feature(of: frame, .full, Scaler(fit: fit)), vector] : [vector]
    }

    private func feature(of frame: Frame, _ region: Region, _ scaler: Scaler) throws(SourceError) -> SampleFeature {
        do {
            try scaler.scale(frame, region: region, into: pixels)
        } catch {
            throw SourceError.malformed("the image cannot be converted: \(error)")
        }
        _ = classifier.probabilities(pixels: UnsafePointer(pixels.base), bytesPerRow: pixels.bytesPerRow)
        return SampleFeature(box: nil, vector: classifier.features ?? [])
    }
}
