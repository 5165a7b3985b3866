import Basics
import Capture
import Dispatch

/// Takes scaled frames of a source to the workers, and what becomes of them to the source's decider.
final class InferenceSubmitter: Sendable {
    private let slot: Int
    private let workers: LiveWorkers
    private let buffers: BufferPool
    private let eventDetector: LiveEventDetector
    private let board: SourceStatistics
    /// Frames that are in the mailbox or on a worker.
    private let underWay = DispatchGroup()

    /// - Parameter mailbox: the number of the source's mailbox.
    init(
        slot: Int, workers: LiveWorkers, buffers: BufferPool, eventDetector: LiveEventDetector, board: SourceStatistics
    ) {
        self.slot = slot
        self.workers = workers
        self.buffers = buffers
        self.eventDetector = eventDetector
        self.board = board
    }

    /// Takes a frame that is worth looking at to the workers, and settles any other at once.
    ///
    /// - Parameter buffer: from the pool, to which it goes back when it is no longer needed.
    func send(_ buffer: PixelBuffer, _ verdict: DuplicateFrameFilter.Verdict, _ sample: LiveSample) {
        switch verdict {
        case .new:
            underWay.enter()
            workers.post(job(buffer, sample), slot: slot, region: sample.region)
        case .repeated:
            buffers.giveBack(buffer)
            board.update { $0.repeated += 1 }
            eventDetector.take(.repeated, of: sample)
        case .blank:
            buffers.giveBack(buffer)
            board.update { $0.blank += 1 }
            eventDetector.take(.blank, of: sample)
        }
    }

    /// Waits until every frame that was sent has been looked at, and gives the mailbox up. Nobody may send more,
    /// then or later.
    ///
    /// - Parameter drops: whether those that still wait are not looked at any more: nobody who has said stop wants to
    ///   wait for them.
    func close(drops: Bool) {
        if drops { workers.close(slot: slot) }
        underWay.wait()
        if !drops { workers.close(slot: slot) }
    }

    private func job(_ buffer: PixelBuffer, _ sample: LiveSample) -> LiveWorkers.Job {
        LiveWorkers.Job(
            run: { [self] classifier in
                let start = MonotonicClock.now
                let scores = classifier.probabilities(pixels: buffer.base, bytesPerRow: buffer.bytesPerRow)
                let time = MonotonicClock.now - start
                buffers.giveBack(buffer)
                board.update { $0.timings.infer.add(time) }
                eventDetector.take(.scores(scores), of: sample)
                underWay.leave()
            },
            replaced: { [self] in
                buffers.giveBack(buffer)
                board.update { $0.replaced += 1 }
                eventDetector.take(.replaced, of: sample)
                underWay.leave()
            })
    }
}
