import Basics
import Capture
import Events

/// Settings of an analysis of recordings.
package struct RecordingSettings: Sendable {
    /// Frames to sample.
    package var sampling: Sampling
    /// Frames among which samples are chosen.
    package var choice = FrameChoice.first
    /// Geometry by which a frame is scaled to the network's input.
    package var fit: Fit
    /// Crops of each frame, for a detector.
    package var crops: CropSettings
    /// Number of inference workers.
    package var workers: Int
    /// Largest number of threads of the decoder.
    package var decoderThreads: Int
    /// Number of segments of a recording that are read at the same time; 1 to read it in one go.
    package var readers = 1
    /// Rules by which events are made of what the network says.
    package var rules: RegionRules
    /// Names of the network's classes.
    package var labels: [String]
    /// The network's name.
    package var model: String
    /// Recording start time; `nil` to take it from the file.
    package var start: Timestamp?
    /// Pattern of the start time in the names of files; used without ``start``. `nil` for none.
    package var nameTime: NameTime?
    /// Part of the recording to analyse.
    package var part: RecordingPart
    /// Wall-clock times to analyse: of other recordings, nothing.
    package var interval = WallClockInterval()

    package init(
        sampling: Sampling, fit: Fit, crops: CropSettings = CropSettings(), workers: Int, decoderThreads: Int,
        rules: RegionRules, labels: [String], model: String, start: Timestamp?,
        part: RecordingPart = .all
    ) {
        self.sampling = sampling
        self.fit = fit
        self.crops = crops
        self.workers = workers
        self.decoderThreads = decoderThreads
        self.rules = rules
        self.labels = labels
        self.model = model
        self.start = start
        self.part = part
    }
}

/// Part of a recording, in seconds from its first frame.
package struct RecordingPart: Equatable, Sendable {
    /// Start of the part.
    package var from: Double
    /// End of the part, exclusive; `nil` for the end of the recording.
    package var to: Double?

    package init(from: Double = 0, to: Double? = nil) {
        self.from = from
        self.to = to
    }

    /// The whole recording.
    package static let all = RecordingPart()

    /// Tolerance for time stamps, which are rounded to the units of their container.
    private static let slack = 0.0005

    func begins(by position: Double) -> Bool { position >= from - Self.slack }

    func ends(by position: Double) -> Bool { to.map { position >= $0 - Self.slack } ?? false }

    /// Returns the length of the part; `nil` if it is not known.
    ///
    /// - Parameter duration: of the whole recording, if it is known.
    func length(of duration: Double?) -> Double? {
        let end = [to, duration].compactMap { $0 }.min()
        return end.map { max(0, $0 - from) }
    }
}

/// Progress of the analysis of a recording. Any thread may read it.
package final class RecordingProgress: Sendable {
    /// Progress at one moment.
    package struct State: Equatable, Sendable {
        /// Time stamp of the last sample, in seconds from the first.
        package var position = 0.0
        /// Length of the recording in seconds, if it is known.
        package var duration: Double?
        /// Frames sampled.
        package var samples = 0
        /// Events started.
        package var events = 0
        /// Labels or groups of the open events, in the order in which they started.
        package var present: [String] = []
    }

    private let guarded = Mutex(State())

    package init() {}

    /// Progress at this moment.
    package var state: State { guarded.withLock { $0 } }

    func update(_ change: (inout State) -> Void) { guarded.withLock { change(&$0) } }
}

/// Interval of the wall clock.
package struct WallClockInterval: Equatable, Sendable {
    package var since: Timestamp?
    /// Exclusive.
    package var until: Timestamp?

    package init(since: Timestamp? = nil, until: Timestamp? = nil) {
        self.since = since
        self.until = until
    }

    /// Returns the part of a recording that lies in the interval and in another part; `nil` if there is none.
    ///
    /// - Parameter first: time of the recording's first frame.
    func part(of part: RecordingPart, first: Timestamp, duration: Double?) -> RecordingPart? {
        func seconds(_ time: Timestamp) -> Double { Double(time.milliseconds - first.milliseconds) / 1000 }
        let from = max(part.from, since.map(seconds) ?? 0)
        let to = [part.to, until.map(seconds)].compactMap { $0 }.min()
        if let to, to <= from { return nil }
        // A part that begins behind the end is a mistake, an interval is not.
        if let duration, from >= duration, from > part.from { return nil }
        return RecordingPart(from: from, to: to)
    }
}

/// Frames of a recording among which samples are chosen.
package enum FrameChoice: String, CaseIterable, Sendable {
    /// The first frame at each instant or after it.
    case first
    /// The reference frame that is nearest to each instant. Frames that no other refers to are not decoded.
    case reference
}
