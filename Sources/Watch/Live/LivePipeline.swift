import Basics
import Capture
import Dispatch
import Events
import MobileNet

/// What happens to the pictures of one live source: which are looked at, when they were taken, and where
/// they go. All of it but the network runs on the source's queue.
final class LivePipeline: Sendable {
    /// What only the source's queue touches.
    private struct State {
        let scaler: Scaler
        var sampler: Sampler
        var clock = StreamClock()
        var motion: MotionDetector
        var check = PictureCheck()
        /// The place of the next picture among those that are looked at.
        var number = 0
    }

    let board: SourceStatusBoard
    let decider: LiveDecider
    private let index: Int
    private let sampling: Sampling
    private let lanes: LiveLanes
    private let buffers: BufferPool
    private let state: QueueConfined<State>
    /// Pictures that are in the mailbox or on a lane.
    private let underWay = DispatchGroup()

    /// - Parameters:
    ///   - index: the source's mailbox.
    ///   - queue: on which the source is read.
    ///   - plan: of the network that the lanes run.
    init(
        index: Int, queue: DispatchQueue, settings: LiveSettings, plan: Plan, lanes: LiveLanes,
        decider: LiveDecider, board: SourceStatusBoard
    ) {
        self.index = index
        self.lanes = lanes
        self.decider = decider
        self.board = board
        sampling = settings.sampling
        let state = State(
            scaler: Scaler(fit: settings.fit), sampler: Sampler(settings.sampling),
            motion: MotionDetector(settings.motion))
        self.state = QueueConfined(state, on: queue)
        // One in the mailbox, one that is being made, and those on the lanes: nobody ever waits for one.
        buffers = BufferPool(
            count: settings.lanes + 2, width: plan.inputShape.width, height: plan.inputShape.height)
    }

    /// There is a new connection, which has given nothing yet.
    func reconnected() {
        state.access { state in
            state.clock.reconnect()
            state.sampler = Sampler(sampling)
            state.check = PictureCheck()
        }
    }

    /// The connection has given its first picture.
    func delivered() {
        board.update {
            $0.state = .live
            $0.connections += 1
        }
        decider.connected()
    }

    /// The connection failed.
    func failed(_ reason: String, retry: Double) {
        board.update { $0.state = .away(reason: reason, retry: retry) }
        decider.failed(reason)
    }

    /// Takes a picture. Returns when it is scaled.
    ///
    /// - Throws: ``SourceError`` if its pixels cannot be read.
    func take(_ frame: Frame) throws {
        board.update { $0.frames += 1 }
        try state.access { state in
            let (moment, steps) = state.clock.place(
                media: frame.time, arrival: MonotonicClock.now, calendar: CalendarClock.now)
            for step in steps { decider.stepped(step) }
            guard state.sampler.takes(moment.steady) else { return }
            guard state.motion.isWorthALook(frame, at: moment.steady) else {
                board.update { $0.still += 1 }
                return skip(moment, received: frame.received, &state)
            }
            let buffer = try buffers.take(frame, scaledBy: state.scaler)
            board.update { $0.samples += 1 }
            submit(buffer, state.check.check(buffer), moment, received: frame.received, number: state.number)
            state.number += 1
        }
    }

    /// Nothing moves in a picture: it shows what the last one showed that was looked at.
    private func skip(_ moment: Moment, received: Double, _ state: inout State) {
        decider.take(.repeated, time: moment, received: received, number: state.number)
        state.number += 1
    }

    /// Waits until every picture that was taken has been looked at. Nobody may hand on more meanwhile.
    func drain() { underWay.wait() }

    private func submit(
        _ buffer: PixelBuffer, _ verdict: PictureCheck.Verdict, _ moment: Moment, received: Double, number: Int
    ) {
        switch verdict {
        case .new:
            underWay.enter()
            lanes.post(job(buffer, moment, received: received, number: number), source: index)
        case .repeated:
            buffers.giveBack(buffer)
            board.update { $0.repeated += 1 }
            decider.take(.repeated, time: moment, received: received, number: number)
        case .blank:
            buffers.giveBack(buffer)
            board.update { $0.blank += 1 }
            decider.take(.blank, time: moment, received: received, number: number)
        }
    }

    private func job(_ buffer: PixelBuffer, _ moment: Moment, received: Double, number: Int) -> LiveLanes.Job {
        LiveLanes.Job(
            run: { [buffers, decider, underWay] classifier in
                let scores = classifier.probabilities(pixels: buffer.base, bytesPerRow: buffer.bytesPerRow)
                buffers.giveBack(buffer)
                decider.take(.scores(scores), time: moment, received: received, number: number)
                underWay.leave()
            },
            replaced: { [buffers, decider, board, underWay] in
                buffers.giveBack(buffer)
                board.update { $0.replaced += 1 }
                decider.take(.replaced, time: moment, received: received, number: number)
                underWay.leave()
            })
    }
}
