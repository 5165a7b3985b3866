import Basics
import Dispatch
import MobileNet

/// Runs the network on the frames of many live sources.
///
///     source 0 ──► mailbox ─┐
///     source 1 ──► mailbox ─┼─► workers
///     source 2 ──► mailbox ─┘
///
/// A worker that has nothing to do takes a frame of the source whose turn it is. So no source waits for
/// another for longer than its share, however many regions that one has, and no frame is older than that
/// when it is looked at.
final class LiveWorkers: Sendable {
    /// A frame that is to be looked at.
    struct Job: Sendable {
        /// Runs on a worker.
        var run: @Sendable (Classifier) -> Void
        /// Is called instead when a newer one took its place.
        var replaced: @Sendable () -> Void
    }

    private struct State {
        var mail: [Int: LatestFrameSlot<Job>] = [:]
        var turns = FairQueue()
        var idle: [Int]
    }

    private let workers: [Worker]
    /// For each worker, what it was given.
    private let work: [WorkCounter]
    private let state: Mutex<State>

    init(plan: Plan, count: Int) {
        workers = Worker.make(plan: plan, count: count)
        work = (0..<count).map { _ in WorkCounter() }
        state = Mutex(State(idle: Array(0..<count)))
    }

    /// Puts a frame of a region into a source's mailbox. Returns at once.
    func post(_ job: Job, slot: Int, region: Int) {
        let replaced = state.withLock { state in
            state.turns.add(slot)
            return state.mail[slot, default: LatestFrameSlot()].put(job, region: region)
        }
        replaced?.replaced()
        dispatch()
    }

    /// How the workers get on.
    var health: [HealthSnapshot.Queue] {
        work.enumerated().map { HealthSnapshot.Queue(name: "lane \($0)", begun: $1.begun, done: $1.done) }
    }

    /// How many frames wait for a worker.
    var waiting: Int { state.withLock { $0.mail.values.reduce(0) { $0 + $1.count } } }

    /// Gives a mailbox up. What is still in it is not looked at.
    func close(slot: Int) {
        var rest = state.withLock { state in
            state.turns.remove(slot)
            return state.mail.removeValue(forKey: slot)
        }
        while let job = rest?.take() { job.replaced() }
    }

    /// Gives workers that have nothing to do what there is.
    private func dispatch() {
        while let (worker, job) = state.withLock(Self.take) {
            work[worker].begin()
            workers[worker].queue.async { [self] in
                workers[worker].access { job.run($0.classifier) }
                work[worker].finish()
                state.withLock { $0.idle.append(worker) }
                dispatch()
            }
        }
    }

    private static func take(_ state: inout State) -> (worker: Int, job: Job)? {
        guard let worker = state.idle.last, let source = state.turns.next(), var mail = state.mail[source],
            let job = mail.take()
        else { return nil }
        state.idle.removeLast()
        state.mail[source] = mail
        // Whoever has more waits behind the others.
        if !mail.isEmpty { state.turns.add(source) }
        return (worker, job)
    }
}
