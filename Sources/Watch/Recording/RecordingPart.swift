import Capture

/// A part of a recording, in seconds from its first frame.
package struct RecordingPart: Equatable, Sendable {
    /// Where it begins.
    package var from: Double
    /// Where it is over: the frame at that time is no part of it. `nil` for the end of the recording.
    package var to: Double?

    package init(from: Double = 0, to: Double? = nil) {
        self.from = from
        self.to = to
    }

    /// All of a recording.
    package static let all = RecordingPart()

    /// Time stamps are rounded to the units of their container.
    private static let slack = 0.0005

    func begins(by position: Double) -> Bool { position >= from - Self.slack }

    func ends(by position: Double) -> Bool { to.map { position >= $0 - Self.slack } ?? false }

    /// How long it is.
    ///
    /// - Parameter duration: of the whole recording, if it is known.
    func length(of duration: Double?) -> Double? {
        let end = [to, duration].compactMap { $0 }.min()
        return end.map { max(0, $0 - from) }
    }
}

/// Gives the frames of a part of a recording that are sampled: the same ones as when all of it is read.
///
/// Used by one thread at a time.
struct SampledFrames {
    private let source: FileSource
    private let part: RecordingPart
    private let sampling: Sampling
    private var sampler: Sampler
    /// The time of the recording's first frame.
    private var origin: Double?
    /// The position of the last frame.
    private var position = 0.0
    /// By how many seconds times have been shifted since the last frame that was given, each time that they were.
    private(set) var steps: [Double] = []

    /// Seconds that are read before the part, besides what the sampling needs: an index tells when frames are decoded,
    /// which is before they are shown.
    private static let lead = 1.0

    /// - Parameter source: is open, and has given no frame.
    init(_ source: FileSource, part: RecordingPart, sampling: Sampling) {
        self.source = source
        self.part = part
        self.sampling = sampling
        sampler = Sampler(sampling)
    }

    /// The next frame that is sampled; `nil` at the end of the part.
    ///
    /// - Throws: ``SourceError``; also if the recording is over before the part begins.
    mutating func next() throws -> Frame? {
        steps = []
        while let frame = try read() {
            if frame.timeStep != 0 { steps.append(frame.timeStep) }
            position = frame.time - (origin ?? frame.time)
            if part.ends(by: position) { return nil }
            let isSampled = sampler.takes(frame.time)
            if isSampled, part.begins(by: position) { return frame }
        }
        let end = max(position, (source.end ?? 0) - (origin ?? 0))
        guard part.from <= end + Self.lead else {
            throw SourceError.malformed("it is over before the part that was asked for begins")
        }
        return nil
    }

    private mutating func read() throws -> Frame? {
        if origin != nil { return try source.nextFrame() }
        guard let first = try source.nextFrame() else { return nil }
        origin = first.time
        guard let target = target(first.time) else { return first }
        _ = sampler.takes(first.time)
        return try seek(to: target)
    }

    /// Where reading has to begin so that the samples of the part are known; `nil` for at the beginning.
    private func target(_ origin: Double) -> Double? {
        // Key frames are found as fast, and a decoder that is given nothing else may need the first of all.
        guard sampling != .keyFrames else { return nil }
        let slot = sampling.rate.map { 1 / $0 } ?? 0
        let target = origin + part.from - slot - Self.lead
        return target > origin + Self.lead ? target : nil
    }

    /// Goes to the last key frame before a time, or back to the beginning if there is no telling where it is.
    ///
    /// - Returns: the frame there.
    private mutating func seek(to target: Double) throws -> Frame? {
        if source.seek(to: target), let frame = try? source.nextFrame(), frame.time <= target + Self.lead {
            return frame
        }
        source.close()
        try source.open()
        sampler = Sampler(sampling)
        return try source.nextFrame()
    }
}
