import Basics
import Dispatch
import MobileNet

/// Runs the network on the pictures of many live sources.
///
///     source 0 ──► mailbox ─┐
///     source 1 ──► mailbox ─┼─► lanes
///     source 2 ──► mailbox ─┘
///
/// A lane that has nothing to do takes a picture of the source whose turn it is. So no source waits for
/// another for longer than its share, however many regions that one has, and no picture is older than that
/// when it is looked at.
final class LiveLanes: Sendable {
    /// A picture that is to be looked at.
    struct Job: Sendable {
        /// Runs on a lane.
        var run: @Sendable (Classifier) -> Void
        /// Is called instead when a newer one took its place.
        var replaced: @Sendable () -> Void
    }

    private struct State {
        var mail: [Int: Mailbox<Job>] = [:]
        var turns = FairQueue()
        var idle: [Int]
    }

    private let lanes: [Lane]
    /// For each lane, what it was given.
    private let work: [WorkCounter]
    private let state: Guarded<State>

    init(plan: Plan, count: Int) {
        lanes = Lane.make(plan: plan, count: count)
        work = (0..<count).map { _ in WorkCounter() }
        state = Guarded(State(idle: Array(0..<count)))
    }

    /// Puts a picture of a region into a source's mailbox. Returns at once.
    func post(_ job: Job, mailbox: Int, region: Int) {
        let replaced = state.withLock { state in
            state.turns.add(mailbox)
            return state.mail[mailbox, default: Mailbox()].put(job, region: region)
        }
        replaced?.replaced()
        dispatch()
    }

    /// How the lanes get on.
    var vitals: [LiveVitals.Queue] {
        work.enumerated().map { LiveVitals.Queue(name: "lane \($0)", begun: $1.begun, done: $1.done) }
    }

    /// How many pictures wait for a lane.
    var waiting: Int { state.withLock { $0.mail.values.reduce(0) { $0 + $1.count } } }

    /// Gives a mailbox up. What is still in it is not looked at.
    func close(mailbox: Int) {
        var rest = state.withLock { state in
            state.turns.remove(mailbox)
            return state.mail.removeValue(forKey: mailbox)
        }
        while let job = rest?.take() { job.replaced() }
    }

    /// Gives lanes that have nothing to do what there is.
    private func dispatch() {
        while let (lane, job) = state.withLock(Self.take) {
            work[lane].begin()
            lanes[lane].queue.async { [self] in
                lanes[lane].access { job.run($0.classifier) }
                work[lane].finish()
                state.withLock { $0.idle.append(lane) }
                dispatch()
            }
        }
    }

    private static func take(_ state: inout State) -> (lane: Int, job: Job)? {
        guard let lane = state.idle.last, let source = state.turns.next(), var mail = state.mail[source],
            let job = mail.take()
        else { return nil }
        state.idle.removeLast()
        state.mail[source] = mail
        // Whoever has more waits behind the others.
        if !mail.isEmpty { state.turns.add(source) }
        return (lane, job)
    }
}
