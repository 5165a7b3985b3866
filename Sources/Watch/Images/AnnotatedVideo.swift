import Basics
import Capture
import Dispatch
import Events

/// Video of the sampled frames with what was seen in them: boxes, labels, numbers, ways, zones, lines and counts.
///
/// Frames are drawn and encoded on a queue of its own. Every method may be called from any thread.
package final class AnnotatedVideo: Sendable {
    /// What to do with a frame when the encoder cannot keep up.
    package enum Policy: Sendable {
        /// Wait: for recordings, of which no frame is left out.
        case wait
        /// Leave it out: for cameras, which do not wait.
        case skip
    }

    private struct State {
        var writer: VideoWriter?
        var scaler = Scaler(fit: .squash)
        var start: Double?
        /// The last scene of each region.
        var scenes: [Int: Scene] = [:]
        var failure: AVFailure?
    }

    /// Path of the file.
    package let path: String
    private let policy: Policy
    private let places: DispatchSemaphore
    private let state = QueueConfined(State(), on: DispatchQueue(label: "annotated video", qos: .utility))
    private let skipped = Mutex(0)

    /// Frames that may wait for the encoder.
    private static let mostWaiting = 4
    /// Longest side of the video, in pixels. Larger frames are scaled down.
    private static let longestSide = 1920

    /// - Parameter path: of the file, which is created with the first frame. Its extension says the container.
    package init(path: String, policy: Policy) {
        self.path = path
        self.policy = policy
        places = DispatchSemaphore(value: Self.mostWaiting)
    }

    /// Frames that were left out because the encoder did not keep up.
    package var skippedFrames: Int { skipped.withLock { $0 } }

    /// Error that ended the video; `nil` if there is none.
    package var failure: AVFailure? { state.queue.sync { state.access(\.failure) } }

    /// Takes a sample. Blocks while too many wait, if that is the policy.
    func take(_ frame: FrameCopy, region: Int, _ scene: Scene) {
        guard places.wait(timeout: policy == .wait ? .distantFuture : .now()) == .success else {
            return skipped.withLock { $0 += 1 }
        }
        state.queue.async { [self] in
            state.access { add(frame, region: region, scene, &$0) }
            places.signal()
        }
    }

    /// Writes everything that waits, and closes the file. Blocks until that is done.
    package func finish() {
        state.queue.sync {
            state.access { state in
                do throws(AVFailure) { try state.writer?.finish() } catch { state.failure = state.failure ?? error }
                state.writer = nil
            }
        }
    }

    /// A frame with several regions is drawn once, with what is known of the others.
    private func add(_ frame: FrameCopy, region: Int, _ scene: Scene, _ state: inout State) {
        state.scenes[region] = scene
        guard region == 0, state.failure == nil else { return }
        var whole = scene
        for (other, scene) in state.scenes.sorted(by: { $0.key < $1.key }) where other != 0 { whole.add(scene) }
        do throws(AVFailure) { try write(frame, whole, &state) } catch { state.failure = error }
    }

    private func write(_ frame: FrameCopy, _ scene: Scene, _ state: inout State) throws(AVFailure) {
        let start = state.start ?? scene.time.monotonic
        state.start = start
        let image: PixelBuffer
        if let writer = state.writer {
            // A camera that changes its size does not change that of the video.
            image = PixelBuffer(width: writer.size.width, height: writer.size.height)
            try state.scaler.scale(frame.frame, into: image)
        } else {
            image = try frame.image(longestSide: Self.longestSide, isEven: true)
            state.writer = try VideoWriter(
                path: path, size: PixelSize(width: image.width, height: image.height), isFragmented: policy == .skip)
        }
        SceneDrawing(image).draw(scene)
        try state.writer?.add(image, at: scene.time.monotonic - start)
    }
}
