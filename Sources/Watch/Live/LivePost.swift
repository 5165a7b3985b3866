import Capture
import Dispatch
import MobileNet

/// Takes scaled pictures of a source to the lanes, and what becomes of them to the source's decider.
final class LivePost: Sendable {
    private let mailbox: Int
    private let lanes: LiveLanes
    private let buffers: BufferPool
    private let decider: LiveDecider
    private let board: SourceStatusBoard
    /// Pictures that are in the mailbox or on a lane.
    private let underWay = DispatchGroup()

    /// - Parameter mailbox: the number of the source's mailbox.
    init(mailbox: Int, lanes: LiveLanes, buffers: BufferPool, decider: LiveDecider, board: SourceStatusBoard) {
        self.mailbox = mailbox
        self.lanes = lanes
        self.buffers = buffers
        self.decider = decider
        self.board = board
    }

    /// Takes a picture that is worth looking at to the lanes, and settles any other at once.
    ///
    /// - Parameter buffer: from the pool, to which it goes back when it is no longer needed.
    func send(_ buffer: PixelBuffer, _ verdict: PictureCheck.Verdict, _ sample: LiveSample) {
        switch verdict {
        case .new:
            underWay.enter()
            lanes.post(job(buffer, sample), mailbox: mailbox, region: sample.region)
        case .repeated:
            buffers.giveBack(buffer)
            board.update { $0.repeated += 1 }
            decider.take(.repeated, of: sample)
        case .blank:
            buffers.giveBack(buffer)
            board.update { $0.blank += 1 }
            decider.take(.blank, of: sample)
        }
    }

    /// Waits until every picture that was sent has been looked at, and gives the mailbox up. Nobody may send more,
    /// then or later.
    ///
    /// - Parameter drops: whether those that still wait are not looked at any more: nobody who has said stop wants to
    ///   wait for them.
    func close(drops: Bool) {
        if drops { lanes.close(mailbox: mailbox) }
        underWay.wait()
        if !drops { lanes.close(mailbox: mailbox) }
    }

    private func job(_ buffer: PixelBuffer, _ sample: LiveSample) -> LiveLanes.Job {
        LiveLanes.Job(
            run: { [self] classifier in
                let start = MonotonicClock.now
                let scores = classifier.probabilities(pixels: buffer.base, bytesPerRow: buffer.bytesPerRow)
                let time = MonotonicClock.now - start
                buffers.giveBack(buffer)
                board.update { $0.timings.infer.add(time) }
                decider.take(.scores(scores), of: sample)
                underWay.leave()
            },
            replaced: { [self] in
                buffers.giveBack(buffer)
                board.update { $0.replaced += 1 }
                decider.take(.replaced, of: sample)
                underWay.leave()
            })
    }
}
