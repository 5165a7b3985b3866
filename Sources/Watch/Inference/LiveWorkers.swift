import Basics
import MobileNet

/// Runs the network on the frames of many live sources.
///
///     source 0 ──► latest-frame slot ─┐
///     source 1 ──► latest-frame slot ─┼─► workers
///     source 2 ──► latest-frame slot ─┘
///
/// An idle worker takes a frame of the source whose turn it is. So no source waits longer than its fair share,
/// however many regions another source has, and no frame is older than that when it is classified.
final class LiveWorkers: Sendable {
    /// Frame that waits for a worker.
    struct Job: Sendable {
        /// Number of images of the frame: each one takes as long as another.
        var images = 1
        /// Classifies the frame; called on a worker's queue.
        var run: @Sendable (Recognizer) -> Void
        /// Called instead of ``run`` when a newer frame takes its place.
        var replaced: @Sendable () -> Void
    }

    private struct State {
        var slots: [Int: LatestFrameSlot<Job>] = [:]
        var turns = FairQueue()
        /// Indices of idle workers.
        var idle: [Int]
    }

    private let workers: [Worker]
    private let state: Mutex<State>

    init(plans: NetworkPlans, count: Int) {
        workers = (0..<count).map { Worker(plans: plans, index: $0) }
        state = Mutex(State(idle: Array(0..<count)))
    }

    /// Puts a frame of a region into its source's slot, where it replaces an older one. Returns at once.
    ///
    /// - Parameter slot: number of the source's slot.
    func submit(_ job: Job, slot: Int, region: Int) {
        let replaced = state.withLock { state in
            state.turns.add(slot)
            return state.slots[slot, default: LatestFrameSlot()].put(job, region: region)
        }
        replaced?.replaced()
        dispatch()
    }

    /// Removes a slot. Frames that still wait in it are not classified.
    func close(slot: Int) {
        var rest = state.withLock { state in
            state.turns.remove(slot)
            return state.slots.removeValue(forKey: slot)
        }
        while let job = rest?.take() { job.replaced() }
    }

    /// Progress counters of the workers.
    var health: [HealthSnapshot.Queue] { workers.map(\.health) }

    /// Number of frames that wait for a worker.
    var waiting: Int { state.withLock { $0.slots.values.reduce(0) { $0 + $1.count } } }

    /// Gives waiting frames to idle workers.
    private func dispatch() {
        while let (index, job) = state.withLock(Self.take) {
            workers[index].submit { [self] recognizer in
                job.run(recognizer)
                state.withLock { $0.idle.append(index) }
                dispatch()
            }
        }
    }

    private static func take(_ state: inout State) -> (worker: Int, job: Job)? {
        guard let worker = state.idle.last, let source = state.turns.next(), var slot = state.slots[source],
            let job = slot.take()
        else { return nil }
        state.idle.removeLast()
        state.slots[source] = slot
        state.turns.charge(job.images - 1, to: source)
        // A source with more frames waits behind the others.
        if !slot.isEmpty { state.turns.add(source) }
        return (worker, job)
    }
}

/// Frames of a live source that wait for a worker: the newest of each region.
struct LatestFrameSlot<Element> {
    private var waiting: [Int: Element] = [:]
    private var turns = FairQueue()

    var isEmpty: Bool { waiting.isEmpty }
    var count: Int { waiting.count }

    /// Puts a frame of a region into the slot. A region that waits already keeps its turn.
    ///
    /// - Returns: the older frame that it replaced.
    mutating func put(_ element: Element, region: Int) -> Element? {
        turns.add(region)
        return waiting.updateValue(element, forKey: region)
    }

    /// Takes the frame of the region whose turn it is.
    mutating func take() -> Element? { turns.next().flatMap { waiting.removeValue(forKey: $0) } }
}

extension LatestFrameSlot: Sendable where Element: Sendable {}
