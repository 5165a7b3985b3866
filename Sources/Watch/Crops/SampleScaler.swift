import Basics
import Capture
import Events

/// Images of a sample that the network gets: a region, crops of it at full resolution, or both.
struct SampleImages: Sendable {
    /// Image with its place in the frame.
    struct Image: Sendable {
        let buffer: PixelBuffer
        /// Place that it shows, in normalized coordinates of the upright frame.
        let place: BoundingBox
        /// Whether it is a crop, whose edges may cut objects off.
        let isCrop: Bool
    }

    /// The region first. Empty if there is nothing to inspect in this frame.
    private(set) var images: [Image] = []
    /// Regions that they show; `nil` for the whole frame.
    let coverage: Coverage?

    init(coverage: Coverage?) { self.coverage = coverage }

    mutating func add(_ image: Image) { images.append(image) }

    /// The image, if it is a whole region without crops.
    var only: Image? { images.count == 1 && !images[0].isCrop ? images[0] : nil }

    /// Returns the buffers to their pool.
    func giveBack(to pool: BufferPool) {
        for image in images { pool.giveBack(image.buffer) }
    }
}

/// Scales the images of each sample of a region: the region itself, and crops of it where something moves or is followed.
///
/// To be used by one thread at a time.
struct SampleScaler {
    let region: Region
    private let scaler: Scaler
    /// Crops are squares, as is the network's input. It keeps tables that depend on their sizes.
    private let cropScaler = Scaler(fit: .squash)
    private var planner: CropPlanner?

    /// - Parameter crops: settings of the crops; without a budget there are none.
    init(_ region: Region, fit: Fit, crops: CropSettings) {
        self.region = region
        scaler = Scaler(fit: fit)
        if crops.budget > 0 { planner = CropPlanner(settings: crops) }
    }

    /// Whether there may be crops, for which motion and objects must be known.
    var hasCrops: Bool { planner != nil }

    /// Forgets the frames before.
    mutating func reset() { planner?.reset() }

    /// Scales the images of a frame. Blocks until there are buffers for them.
    ///
    /// - Parameters:
    ///   - motion: places of motion.
    ///   - objects: objects that are followed, with their predicted places.
    ///   - time: time of the frame, in seconds of the monotonic clock.
    ///   - pool: has enough buffers for a whole region and the crops of the budget.
    /// - Returns: the images, whose buffers the caller gives back.
    /// - Throws: ``SourceError`` if the frame's pixels cannot be converted.
    mutating func images(
        of frame: Frame, motion: [BoundingBox], objects: [PredictedObject], at time: Double, from pool: BufferPool
    ) throws(SourceError) -> SampleImages {
        let plan =
            planner?.plan(frame: frame.squarePixelSize, motion: motion, objects: objects, at: time) ?? .onlyWholeFrame
        var images = SampleImages(coverage: plan.coverage)
        do {
            if plan.hasWholeFrame { images.add(try image(of: region, frame, scaler, isCrop: false, from: pool)) }
            for crop in plan.crops {
                images.add(try image(of: crop.region, frame, cropScaler, isCrop: true, from: pool))
            }
            return images
        } catch {
            images.giveBack(to: pool)
            throw error
        }
    }

    private func image(
        of region: Region, _ frame: Frame, _ scaler: Scaler, isCrop: Bool, from pool: BufferPool
    ) throws(SourceError) -> SampleImages.Image {
        let buffer = try scaler.scale(frame, region: region, from: pool)
        let place = scaler.place(of: region, in: frame, width: buffer.width, height: buffer.height)
        return SampleImages.Image(buffer: buffer, place: place, isCrop: isCrop)
    }
}
