import Basics
import Capture
import Events

/// Sampled frames of a part of a recording: the same ones as when the whole recording is read.
///
/// To be used by one thread at a time.
struct SampledFrames {
    private let source: FileSource
    /// Its end moves to that of the whole part if time stamps jump: later segments are not where their index says.
    private var part: RecordingPart
    private let whole: RecordingPart
    private let sampling: Sampling
    private var sampler: Sampler
    /// Sampler of the nearest frames; `nil` if the first ones are taken.
    private var nearest: NearestSampler?
    /// Time stamp of the recording's first frame, in seconds.
    private var origin: Double?
    /// Position of the last frame, in seconds from the first.
    private var position = 0.0
    private let clock: StageClock
    /// Position of the last sample, in seconds from the first frame.
    private(set) var sampledPosition = 0.0
    /// Whether a frame behind the end of the part was read.
    private var isOver = false
    /// Jumps of the time stamps since the last frame that was returned, in seconds.
    private(set) var steps: [Double] = []
    /// Set by a jump of the time stamps: the index then does not give the places of frames.
    private var hasJumped = false
    /// Decoding times of the key frames by the index, in seconds and in order; empty if there is nothing to skip.
    private var keyFrames: [Double] = []

    /// Seconds that are read before the part, besides the sampling interval: an index gives decoding times, which are
    /// earlier than presentation times.
    static let lead = 1.0

    /// - Parameters:
    ///   - source: open, and without a frame read.
    ///   - whole: part that is read if `part` is a segment of it.
    init(
        _ source: FileSource, part: RecordingPart, of whole: RecordingPart? = nil, sampling: Sampling,
        choice: FrameChoice, clock: StageClock = StageClock()
    ) {
        self.source = source
        self.clock = clock
        self.part = part
        self.whole = whole ?? part
        self.sampling = sampling
        sampler = Sampler(sampling)
        if choice == .reference { nearest = sampling.rate.map(NearestSampler.init) }
    }

    /// Reads up to the next sampled frame; `nil` at the end of the part.
    ///
    /// - Throws: ``SourceError``; also if the recording ends before the part begins.
    mutating func next() throws -> Frame? {
        let frame = try nextSample()
        if let frame { sampledPosition = frame.time - (origin ?? frame.time) }
        return frame
    }

    private mutating func nextSample() throws -> Frame? {
        steps = []
        while !isOver {
            if let waiting = nearest?.waiting(), isInPart(waiting) { return waiting }
            guard let frame = try read() else { break }
            if frame.timeStep != 0 {
                hasJumped = true
                steps.append(frame.timeStep)
                part.to = whole.to
            }
            position = frame.time - (origin ?? frame.time)
            // The nearest frame of an instant before the end is known only when one behind it was read.
            isOver = part.ends(by: position)
            if let sample = try sample(frame), isInPart(sample) { return sample }
        }
        if isOver { return nil }
        let end = max(position, (source.end ?? 0) - (origin ?? 0))
        guard part.from <= end + Self.lead else {
            throw SourceError.malformed("it is over before the part that was asked for begins")
        }
        return nil
    }

    private func isInPart(_ frame: Frame) -> Bool {
        let position = frame.time - (origin ?? frame.time)
        return part.begins(by: position) && !part.ends(by: position)
    }

    /// Returns the frame to sample after a frame was read; `nil` for none.
    private mutating func sample(_ frame: Frame) throws -> Frame? {
        guard nearest != nil else { return sampler.takes(frame.time) ? frame : nil }
        return try nearest?.offer(frame)
    }

    private mutating func read() throws -> Frame? {
        if let origin {
            let last = origin + position
            guard try skip() else { return try nextFrame() }
            // A seek may end before what was read.
            while let frame = try nextFrame() {
                if frame.time > last || frame.timeStep != 0 { return frame }
            }
            return nil
        }
        guard let first = try nextFrame() else { return nil }
        origin = first.time
        if nearest == nil, (sampling.rate ?? .infinity) < Self.mostSkippedRate {
            keyFrames = (source.keyFrameTimes ?? []).sorted()
        }
        guard let target = target(first.time) else { return first }
        _ = try sample(first)
        return try seek(to: target)
    }

    /// Samples a second from which on nothing is skipped: samples are nearer to each other than ``lead`` allows.
    private static let mostSkippedRate = 0.5
    /// Seconds that a skip has to save.
    private static let leastSkip = 0.5
    /// Goes on at the last key frame from which the next sample can be decoded, if there is one ahead.
    ///
    /// - Returns: whether it has gone there.
    private mutating func skip() throws -> Bool {
        guard !keyFrames.isEmpty, !hasJumped, let origin, let instant = sampler.nextInstant else { return false }
        let last = keyFrames.partitioningIndex { $0 > instant - Self.lead }
        keyFrames.removeFirst(max(0, last - 1))
        guard let next = keyFrames.first, next <= instant - Self.lead, next > origin + position + Self.leastSkip,
            !part.ends(by: next - origin)
        else { return false }
        // Each is sought once: a seek may end before it. The index has decoding times, and demuxers seek by the later
        // presentation times.
        keyFrames.removeFirst()
        guard clock.measure(.read, { source.skip(to: min(next + Self.lead, instant)) }) else {
            throw SourceError.malformed("its index is wrong")
        }
        return true
    }

    private func nextFrame() throws -> Frame? {
        let start = MonotonicClock.now
        let frame = try source.nextFrame()
        let decoding = frame?.decodeTime ?? 0
        clock.add(MonotonicClock.now - start - decoding, to: .read)
        clock.add(decoding, to: .decode)
        return frame
    }

    /// Returns the time at which reading has to begin so that the samples of the part are known; `nil` for the
    /// beginning.
    private func target(_ origin: Double) -> Double? {
        // Reading key frames is as fast as seeking, and a decoder that gets nothing else may need the very first.
        guard sampling != .keyFrames else { return nil }
        let slot = sampling.rate.map { 1 / $0 } ?? 0
        let target = origin + part.from - slot - Self.lead
        return target > origin + Self.lead ? target : nil
    }

    /// Seeks to the last key frame before a time, or reopens the file if its index does not say where that is.
    ///
    /// - Returns: the frame there.
    private mutating func seek(to target: Double) throws -> Frame? {
        if source.seek(to: target), let frame = try? nextFrame(), frame.time <= target + Self.lead {
            return frame
        }
        source.close()
        try source.open()
        sampler = Sampler(sampling)
        keyFrames = []
        if nearest != nil { nearest = sampling.rate.map(NearestSampler.init) }
        return try nextFrame()
    }
}

extension Array {
    /// Returns the index of the first element that a predicate holds for, and for all behind it.
    fileprivate func partitioningIndex(_ holds: (Element) -> Bool) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if holds(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
