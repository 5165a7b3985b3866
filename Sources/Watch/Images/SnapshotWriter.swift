import Basics
import Capture
import Dispatch
import Events
import SystemPackage

/// Writer of the best frame of each object: the frame with its box, and a crop of it, as JPEG.
///
/// It writes on a queue of its own, and never holds up a camera. An image that cannot be written is lost and counted; the
/// events go on. Every method may be called from any thread.
package final class SnapshotWriter: Sendable {
    /// Counters since the start.
    package struct Counts: Equatable, Sendable {
        /// Images written, a better one of the same object included.
        package var written = 0
        /// Images that could not be written, or had to be left out because too many waited.
        package var lost = 0
        /// Objects whose images were removed by the retention policy.
        package var removed = 0
    }

    private struct State {
        var folder: SnapshotFolder?
        /// Time of the next removal, in seconds of the monotonic clock.
        var nextRemoval = -Double.infinity
    }

    private struct Shared {
        var settings: SnapshotSettings?
        /// Identifiers of open events whose objects have an image.
        var named: Set<EventID> = []
        var counts = Counts()
    }

    private let waits: Bool
    private let complain: @Sendable (String) -> Void
    private let places = DispatchSemaphore(value: mostWaiting)
    private let shared: Mutex<Shared>
    private let state: QueueConfined<State>

    /// Frames that may wait.
    private static let mostWaiting = 8
    /// Longest side of an image, in pixels.
    private static let longestSide = 1920
    /// Seconds between removals of old images.
    private static let removalInterval = 30.0
    /// Margin of a crop around the object, as a fraction of its sides.
    private static let margin = 0.15

    /// - Parameters:
    ///   - settings: `nil` to write nothing until ``replace(_:)``.
    ///   - waits: whether ``take(_:_:)`` waits when too many frames wait: for recordings.
    ///   - complain: called with each error, from any thread.
    package init(_ settings: SnapshotSettings?, waits: Bool, complain: @escaping @Sendable (String) -> Void) {
        self.waits = waits
        self.complain = complain
        shared = Mutex(Shared(settings: settings))
        state = QueueConfined(
            State(folder: settings.map(SnapshotFolder.init)), on: DispatchQueue(label: "snapshots", qos: .utility))
    }

    /// Checks that images can be written to a folder, and creates it.
    ///
    /// - Throws: ``FileError``.
    package static func prepare(_ settings: SnapshotSettings) throws(FileError) {
        do throws(Errno) { try SnapshotFolder(settings: settings).prepare() } catch {
            throw FileError(
                path: settings.folder, kind: .unwritable, reason: "no images can be written to this folder: \(error)")
        }
    }

    /// Writes to another folder, or by another policy, from the next image on; `nil` to write no more.
    package func replace(_ settings: SnapshotSettings?) {
        shared.withLock { $0.settings = settings }
        state.queue.async { [self] in
            state.access { $0 = State(folder: settings.map(SnapshotFolder.init)) }
        }
    }

    /// Whether images are written.
    package var isOn: Bool { shared.withLock { $0.settings != nil } }

    package var counts: Counts { shared.withLock(\.counts) }

    /// Blocks until everything that waits is written, for some seconds at most.
    package func flush(seconds: Double = .infinity) {
        let done = DispatchSemaphore(value: 0)
        state.queue.async { done.signal() }
        _ = done.wait(timeout: seconds.isFinite ? .now() + seconds : .distantFuture)
    }

    // MARK: - Images

    /// Takes a sample, and writes images of the objects that it shows best.
    func take(_ frame: FrameCopy, _ scene: Scene) {
        let objects = scene.objects.filter(\.isBest)
        guard isOn, !objects.isEmpty else { return }
        guard places.wait(timeout: waits ? .distantFuture : .now()) == .success else {
            return shared.withLock { $0.counts.lost += objects.count }
        }
        shared.withLock { $0.named.formUnion(objects.map(\.id)) }
        state.queue.async { [self] in
            state.access { state in
                for object in objects { write(object, frame, state) }
                removeOld(&state)
            }
            places.signal()
        }
    }

    /// Returns the name of the image of an object; `nil` if it has none.
    ///
    /// - Parameter isLast: whether the object has ended, and nobody asks again.
    func name(of id: EventID, isLast: Bool) -> String? {
        let isNamed = shared.withLock { shared in
            isLast ? shared.named.remove(id) != nil : shared.named.contains(id)
        }
        return isNamed ? SnapshotFolder.name(of: id) : nil
    }

    private func write(_ object: Scene.Object, _ frame: FrameCopy, _ state: State) {
        guard let folder = state.folder else { return }
        do {
            let whole = try frame.image(longestSide: Self.longestSide)
            SceneDrawing(whole).draw(object)
            let crop = try frame.image(of: Self.surroundings(of: object.box), longestSide: Self.longestSide)
            try folder.write(
                frame: try ImageEncoder.jpeg(whole), crop: try ImageEncoder.jpeg(crop), of: object.id)
            shared.withLock { $0.counts.written += 1 }
        } catch {
            shared.withLock { $0.counts.lost += 1 }
            complain("\(folder.settings.folder): the image of an object cannot be written: \(error)")
        }
    }

    private func removeOld(_ state: inout State) {
        guard let folder = state.folder, MonotonicClock.now >= state.nextRemoval else { return }
        state.nextRemoval = MonotonicClock.now + Self.removalInterval
        let count = folder.removeOld(now: WallClock.now)
        shared.withLock { $0.counts.removed += count }
    }

    /// Returns the region around an object, as far as it lies in the frame.
    static func surroundings(of box: BoundingBox) -> Region {
        let box = BoundingBox(
            left: box.x - margin * box.width, top: box.y - margin * box.height,
            right: box.right + margin * box.width, bottom: box.bottom + margin * box.height
        ).clampedToFrame
        // A region has an extent, also that of an object at the very edge.
        let least = 0.01
        let width = max(box.width, least)
        let height = max(box.height, least)
        return Region(
            name: "object", x: min(box.x, 1 - width), y: min(box.y, 1 - height), width: width, height: height)
    }
}
