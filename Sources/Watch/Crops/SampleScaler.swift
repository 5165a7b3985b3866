import Basics
import Capture
import Events

/// Scales the images of each sample of a region: the region itself, and crops of it where something moves or is followed.
///
/// To be used by one thread at a time.
struct SampleScaler {
    let region: Region
    private let scaler: Scaler
    /// Crops are squares, as is the network's input. It keeps tables that depend on their sizes.
    private let cropScaler = Scaler(fit: .squash)
    /// Plan of the crops, which depends on the frames before; `nil` without crops.
    var planner: CropPlanner?
    private let buffers: SampleBuffers
    /// Measures the scaling; `nil` where nobody asks.
    var clock: StageClock?

    /// - Parameters:
    ///   - crops: settings of the crops; without a budget there are none.
    ///   - buffers: enough for a whole region, the crops of the budget, and the objects.
    init(_ region: Region, fit: Fit, crops: CropSettings, buffers: SampleBuffers) {
        self.region = region
        self.buffers = buffers
        scaler = Scaler(fit: fit)
        if crops.budget > 0 { planner = CropPlanner(settings: crops) }
    }

    /// Whether there may be crops, for which motion must be known.
    var hasCrops: Bool { planner != nil }

    /// Whether there may be crops or a second stage, for which the objects must be known.
    var needsObjects: Bool { planner != nil || buffers.objects != nil }

    /// Forgets the frames before.
    mutating func reset() { planner?.reset() }

    /// Scales the images of a frame. Blocks until there are buffers for them.
    ///
    /// - Parameters:
    ///   - motion: places of motion.
    ///   - objects: objects that are followed, with their predicted places.
    ///   - time: time of the frame, in seconds of the monotonic clock.
    /// - Returns: the images, whose buffers the caller gives back.
    /// - Throws: ``SourceError`` if the frame's pixels cannot be converted.
    mutating func images(
        of frame: Frame, motion: [BoundingBox], objects: [PredictedObject], at time: Double
    ) throws(SourceError) -> SampleImages {
        let size = frame.squarePixelSize
        let plan = planner?.plan(frame: size, motion: motion, objects: objects, at: time) ?? .onlyWholeFrame
        var images = SampleImages(coverage: plan.coverage)
        do {
            if plan.hasWholeFrame {
                images.add(try image(of: region, frame, .region, scaler, from: buffers.images))
            }
            for crop in plan.crops {
                images.add(try image(of: crop.region, frame, .crop, cropScaler, from: buffers.images))
            }
            try addObjects(objects, of: frame, size, to: &images)
            return images
        } catch {
            images.giveBack()
            throw error
        }
    }

    /// Adds the objects that the second stage should see.
    private func addObjects(
        _ objects: [PredictedObject], of frame: Frame, _ size: PixelSize, to images: inout SampleImages
    ) throws(SourceError) {
        guard let pool = buffers.objects else { return }
        for object in objects.filter(\.wantsClassification).prefix(SampleBuffers.mostObjects) {
            guard let region = Self.surroundings(of: object.box, in: size) else { continue }
            images.add(
                try image(of: region, frame, .object(track: object.number, box: object.box), cropScaler, from: pool))
        }
    }

    /// Margin around an object for the classifier, as a fraction of its longer side: the place is a prediction, and
    /// classifiers are trained with surroundings.
    private static let margin = 0.15

    /// Returns the square around an object, as far as it lies in the frame; `nil` for an object outside of it.
    static func surroundings(of box: BoundingBox, in frame: PixelSize) -> Region? {
        guard let object = PixelBox(box, in: frame) else { return nil }
        let (width, height) = (Double(frame.width), Double(frame.height))
        let side = min((1 + 2 * margin) * object.longSide, width, height)
        guard side >= 2 else { return nil }
        let left = min(max(0, object.centerX - side / 2), width - side)
        let top = min(max(0, object.centerY - side / 2), height - side)
        return Region(
            name: "object", x: left / width, y: top / height, width: side / width, height: side / height)
    }

    private func image(
        of region: Region, _ frame: Frame, _ role: SampleImages.Role, _ scaler: Scaler, from pool: BufferPool
    ) throws(SourceError) -> SampleImages.Image {
        let buffer = try scaler.scale(frame, region: region, from: pool, clock)
        let place = scaler.place(of: region, in: frame, width: buffer.width, height: buffer.height)
        return SampleImages.Image(role: role, buffer: buffer, place: place, pool: pool)
    }
}
