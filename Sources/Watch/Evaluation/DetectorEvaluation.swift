import Basics
import Capture
import Dispatch
import MobileNet

/// Detects objects in annotated images to measure the average precision of a detector.
package final class DetectorEvaluation: Sendable {
    private let plan: Plan
    private let annotations: AnnotationFile
    private let folder: String
    /// Category of each class of the detector; `nil` if the file has none.
    private let categories: [Int?]
    private let fit: Fit
    private let workers: Int

    private struct State {
        var next = 0
        var done = 0
        var unreadable = 0
        var precision = AveragePrecision()
    }

    private let state = Mutex(State())

    /// - Parameters:
    ///   - labels: names of the detector's classes. Categories with other names are left out.
    ///   - folder: folder of the images.
    ///   - workers: number of images that are inspected at the same time.
    package init(
        plan: Plan, labels: [String], annotations: AnnotationFile, folder: String, fit: Fit, workers: Int
    ) {
        self.plan = plan
        self.annotations = annotations
        self.folder = folder
        self.fit = fit
        self.workers = workers
        categories = annotations.categories(of: labels)
    }

    /// Names of the categories that the detector does not know.
    package var unknownCategories: [String] {
        let known = Set(categories.compactMap { $0 })
        return annotations.categories.filter { !known.contains($0.key) }.map(\.value).sorted()
    }

    /// Whether the detector knows no category of the file.
    package var isHopeless: Bool { categories.allSatisfy { $0 == nil } }

    /// Number of images.
    package var count: Int { annotations.images.count }

    /// Images inspected so far, and those that could not be read. May be read from any thread.
    package var progress: (done: Int, unreadable: Int) { state.withLock { ($0.done, $0.unreadable) } }

    /// Average precision over the images so far.
    package var precision: AveragePrecision { state.withLock(\.precision) }

    /// Inspects all images. Returns when that is done or cancelled.
    ///
    /// - Parameter complain: called with the path of each image that cannot be read, and the error; from any thread.
    package func run(interruption: CancellationToken, complain: @escaping @Sendable (String, any Error) -> Void) {
        DispatchQueue.concurrentPerform(iterations: workers) { _ in
            let detector = Detector(plan: plan)
            let buffer = PixelBuffer(width: plan.inputShape.width, height: plan.inputShape.height)
            while !interruption.wasCancelled, let image = takeNext() {
                let path = "\(folder)/\(image.name)"
                do {
                    let place = try StillImage.read(path, into: buffer, fit: fit, interruption: interruption)
                    let found = detector.detections(pixels: UnsafePointer(buffer.base), bytesPerRow: buffer.bytesPerRow)
                    add(image, found.compactMap { object($0, at: place, in: image) })
                } catch SourceError.interrupted {
                    return
                } catch {
                    state.withLock { $0.unreadable += 1 }
                    complain(path, error)
                }
            }
        }
    }

    private func takeNext() -> AnnotationFile.Image? {
        state.withLock { state in
            guard state.next < annotations.images.count else { return nil }
            defer { state.next += 1 }
            return annotations.images[state.next]
        }
    }

    private func add(_ image: AnnotationFile.Image, _ found: [AveragePrecision.Found]) {
        state.withLock { state in
            state.done += 1
            state.precision.add(number: image.number, truth: image.truth, found: found)
        }
    }

    /// Returns a detection in pixels of its image, clipped to it; `nil` if the file has no such category.
    ///
    /// - Parameter place: what the network saw of the image, in normalized coordinates.
    private func object(
        _ detection: Detection, at place: BoundingBox, in image: AnnotationFile.Image
    ) -> AveragePrecision.Found? {
        guard let category = categories[detection.classIndex] else { return nil }
        func across(_ edge: Float) -> Double { place.x + Double(edge) * place.width }
        func down(_ edge: Float) -> Double { place.y + Double(edge) * place.height }
        let box = BoundingBox(
            left: across(detection.left), top: down(detection.top), right: across(detection.right),
            bottom: down(detection.bottom)
        ).clampedToFrame
        return AveragePrecision.Found(
            category: category,
            box: BoundingBox(
                x: box.x * image.width, y: box.y * image.height, width: box.width * image.width,
                height: box.height * image.height),
            score: Double(detection.score))
    }
}
