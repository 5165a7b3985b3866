import Basics
import Capture
import Dispatch
import Events
import MobileNet

/// Reads the segments of a recording on several threads, each with a decoder of its own.
///
/// It is for analyses whose images do not depend on what was found before: without crops and a second stage.
struct SegmentedReading: Sendable {
    let path: String
    let settings: RecordingSettings
    let plan: SegmentPlan
    let readers: Int
    let epoch: Timestamp
    let buffers: SampleBuffers
    let workers: WorkerPool
    let calls: SourceCalls
    let clock: StageClock
    /// Returns an error that ends the analysis; `nil` if there is none.
    let failure: @Sendable () -> (any Error)?

    /// Reads all segments.
    ///
    /// - Parameter order: receives the samples.
    /// - Returns: the corruption of the recording.
    /// - Throws: ``SourceError``, and what ``failure`` returns.
    func run(_ order: SegmentOrder) throws -> Corruption {
        DispatchQueue.concurrentPerform(iterations: min(readers, plan.count)) { _ in
            while let segment = order.nextSegment() { read(segment, order) }
        }
        return try order.finish()
    }

    private func read(_ segment: Int, _ order: SegmentOrder) {
        let source = FileSource(
            path: path, sampling: settings.sampling, decoderThreads: 1,
            skipsUnreferenced: settings.choice == .reference, skipsUnsampled: settings.choice == .first,
            interruption: calls.interruption)
        defer { source.close() }
        var count = 0
        do {
            try source.open()
            var reader = SampleReader(
                source, settings, plan.part(segment), buffers: buffers, clock: clock, of: plan.whole)
            while let frame = try reader.next() {
                if calls.isGivenUp { throw SourceError.interrupted }
                if let failure = failure() { throw failure }
                if reader.hasJumped { order.readsOn(segment) }
                let time = RecordingEventDetector.RecordingTime(media: frame.time, epoch: epoch, reader.steps)
                submit(try reader.images(of: frame) { [] }, time, reader.state, segment: segment, index: count, order)
                count += 1
            }
            order.end(segment, count: count, reader.corruption)
        } catch SourceError.malformed(_) where segment > 0 && count == 0 {
            // The file ends before this segment. What is missing is known from the segment before.
            order.end(segment, count: 0, Corruption())
        } catch {
            order.end(segment, count: count, source.corruption, failure: error)
        }
    }

    /// Submits the images of a sample. Their buffers are free again when they have been inspected: results are small, and may
    /// wait for those of other segments.
    private func submit(
        _ images: SampleImages, _ time: RecordingEventDetector.RecordingTime, _ state: ReaderState, segment: Int,
        index: Int, _ order: SegmentOrder
    ) {
        order.expect()
        let partial = PartialObservation(images)
        for (place, image) in images.images.enumerated() {
            workers.submit { recognizer in
                let output = clock.measure(.infer) { recognizer.observe(image) }
                guard let inspection = partial.add(output, of: place) else { return }
                images.giveBack()
                order.add(
                    SegmentOrder.Result(inspection: inspection, time: time, reader: state), segment: segment,
                    index: index)
            }
        }
    }
}
