import Basics
import Capture
import Dispatch
import Events

/// Keeps a live source running, for ever: opens it, hands on its pictures, and when it fails waits and opens
/// it again. While it is away it has no thread and no memory.
///
/// There is one for all kinds of sources, so that all come back in the same way.
final class SourceSupervisor: Sendable {
    private struct State {
        var backOff = BackOff()
        var hasDelivered = false
        var isOver = false
    }

    private let source: LiveSource
    private let firstConnect: BackOff.Policy
    private let reconnect: BackOff.Policy
    private let pipeline: LivePipeline
    private let state: QueueConfined<State>
    private let interruption = Interruption()
    private let over = DispatchGroup()

    /// - Parameter queue: on which the source is read, and nothing else is done.
    init(_ source: LiveSource, queue: DispatchQueue, settings: LiveSettings, pipeline: LivePipeline) {
        self.source = source
        firstConnect = settings.firstConnect
        reconnect = settings.reconnect
        self.pipeline = pipeline
        state = QueueConfined(State(), on: queue)
        over.enter()
    }

    /// Begins.
    func start() { state.queue.async { [self] in attempt() } }

    /// Ends the call that is under way, and makes no more. Returns at once.
    func stop() {
        interruption.cancel()
        state.queue.async { [self] in end() }
    }

    /// Calls `body` when there will be no more pictures: it was stopped, or a recording is over.
    func whenOver(on queue: DispatchQueue, _ body: @escaping @Sendable () -> Void) {
        over.notify(queue: queue, execute: body)
    }

    /// One connection, from opening to failure.
    private func attempt() {
        guard !interruption.wasCancelled else { return end() }
        pipeline.board.update { $0.state = .connecting }
        var delivered: Double?
        do {
            try read(&delivered)
            pipeline.board.update { $0.state = .ended }
            end()
        } catch SourceError.interrupted {
            end()
        } catch {
            retry(after: "\(error)", delivered: delivered)
        }
    }

    /// Hands on pictures until there are no more.
    ///
    /// - Parameter delivered: is set to when the first one came.
    private func read(_ delivered: inout Double?) throws {
        let source = source.make(interruption)
        defer { source.close() }
        try source.open()
        pipeline.reconnected()
        let damagedBefore = pipeline.board.status.damaged
        while let frame = try source.nextFrame() {
            if delivered == nil {
                delivered = MonotonicClock.now
                state.access { $0.hasDelivered = true }
                pipeline.delivered()
            }
            pipeline.board.update { $0.damaged = damagedBefore + source.damagedFrames }
            try pipeline.take(frame)
        }
    }

    private func retry(after reason: String, delivered: Double?) {
        let wait = state.access { state in
            if let delivered { state.backOff.worked(for: MonotonicClock.now - delivered) }
            return state.backOff.wait(state.hasDelivered ? reconnect : firstConnect, chance: .random(in: 0...1))
        }
        pipeline.failed(reason, retry: MonotonicClock.now + wait)
        state.queue.asyncAfter(deadline: .now() + wait) { [self] in attempt() }
    }

    private func end() {
        state.access { state in
            guard !state.isOver else { return }
            state.isOver = true
            over.leave()
        }
    }
}
