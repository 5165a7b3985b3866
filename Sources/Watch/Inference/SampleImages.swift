import Basics
import Capture
import Events
import MobileNet

/// Images of a sample for the networks: a region, crops of it at full resolution, or both, and objects for the second
/// stage.
struct SampleImages: Sendable {
    /// What an image shows.
    enum Role: Equatable, Sendable {
        /// The whole region.
        case region
        /// A crop, whose edges may cut objects off.
        case crop
        /// The object of a track at its predicted place, for the classifier of the second stage.
        case object(track: Int, box: BoundingBox)
    }

    /// Image with its place in the frame.
    struct Image: Sendable {
        let role: Role
        let buffer: PixelBuffer
        /// Place that it shows, in normalized coordinates of the upright frame.
        let place: BoundingBox
        /// Pool to which the buffer returns.
        let pool: BufferPool
    }

    /// The region first, objects last. Empty if there is nothing to inspect in this frame.
    private(set) var images: [Image] = []
    /// Regions that they show; `nil` for the whole frame.
    let coverage: Coverage?

    init(coverage: Coverage?) { self.coverage = coverage }

    mutating func add(_ image: Image) { images.append(image) }

    /// Returns the buffers to their pools.
    func giveBack() {
        for image in images { image.pool.giveBack(image.buffer) }
    }
}

/// Buffers of the images of samples.
struct SampleBuffers: Sendable {
    /// Buffers with the size of the first network's input.
    let images: BufferPool
    /// Buffers with the size of the second network's input; `nil` without a second stage.
    let objects: BufferPool?

    /// Most objects of a sample for the second stage: the others wait for their turn.
    static let mostObjects = 4

    /// - Parameters:
    ///   - samples: number of samples that may be in flight.
    ///   - imageCount: number of buffers for them.
    init(_ plans: NetworkPlans, samples: Int, imageCount: Int) {
        func pool(_ shape: Shape, count: Int) -> BufferPool {
            BufferPool(count: count, width: shape.width, height: shape.height)
        }
        images = pool(plans.first.inputShape, count: imageCount)
        objects = plans.second.map { pool($0.inputShape, count: samples * Self.mostObjects) }
    }
}
