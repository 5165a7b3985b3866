import Basics
import CFFmpeg
import Glibc

/// Source of the frames of a recording or an image file.
package final class FileSource: Source {
    /// Metadata of the file.
    package struct Info: Equatable, Sendable {
        /// Duration in seconds, if the file states it.
        package var duration: Double?
        /// Time stamp of the first frame in seconds, if the file states it.
        package var startTime: Double?
        /// Recording start time as the file states it, in ISO 8601.
        package var creationTime: String?
    }

    /// Path of the file.
    package let path: String
    /// Metadata of the file; empty before ``open()``.
    package private(set) var info = Info()
    /// Corruption found so far.
    package var corruption: Corruption {
        guard let reader else { return Corruption() }
        let own = reader.tracker.corruption
        return skipped.isEmpty
            ? own : Corruption(segments: skipped + own.segments, truncatedAt: own.truncatedAt)
    }

    /// Corrupt segments before the last ``skip(to:)``.
    private var skipped: [Corruption.Segment] = []

    /// End of the last frame that was read so far, by the file's time stamps, in seconds; whether it was decoded or not.
    package var end: Double? { reader.flatMap { $0.end.isFinite ? $0.end : nil } }

    private let sampling: Sampling
    private let decoderThreads: Int
    private let playsCamera: Bool
    private let skipsUnreferenced: Bool
    private let skipsUnsampled: Bool
    private let timeout: Double
    private let interruption: CancellationToken
    /// Reader of the open file; `nil` while the source is closed.
    private var reader: VideoReader?
    /// Frames received before the last ``close()``.
    private var receivedBefore = 0

    /// Default timeout of a pipe or device without data, in seconds, where the analysis is not live.
    package static let usualTimeout = 60.0

    /// - Parameters:
    ///   - path: path of the file; may contain any characters.
    ///   - sampling: frames to be sampled. With ``Sampling/keyFrames``, only key frames are decoded. Otherwise the
    ///     caller picks its samples among the returned frames (see ``Sampler``).
    ///   - decoderThreads: number of threads that the decoder may use.
    ///   - playsCamera: whether the decoder may skip frames that are not sampled, as for a camera. Otherwise every frame
    ///     of the recording is returned.
    ///   - skipsUnreferenced: whether to decode only frames that others refer to.
    ///   - skipsUnsampled: whether frames may be missing that a ``Sampler`` of the same sampling would not select.
    ///   - timeout: timeout of a pipe or device without data, in seconds.
    ///   - interruption: cancels blocking calls.
    package init(
        path: String, sampling: Sampling, decoderThreads: Int, playsCamera: Bool = false,
        skipsUnreferenced: Bool = false, skipsUnsampled: Bool = false, timeout: Double = usualTimeout,
        interruption: CancellationToken
    ) {
        self.path = path
        self.sampling = sampling
        self.decoderThreads = decoderThreads
        self.playsCamera = playsCamera
        self.skipsUnreferenced = skipsUnreferenced
        self.skipsUnsampled = skipsUnsampled
        self.timeout = timeout
        self.interruption = interruption
    }

    // MARK: - Opening

    package func open() throws {
        try checkFile()
        let reader: VideoReader
        do {
            let demuxer = try Demuxer(.file(path, timeout: timeout), interruption: interruption)
            let keyFramesOnly = sampling == .keyFrames
            let needed = playsCamera || keyFramesOnly ? sampling : .all
            let discard = needed.discard(at: demuxer.frameRate)
            let decoder = try Decoder(
                stream: demuxer.video, threads: decoderThreads,
                discard: skipsUnreferenced && !keyFramesOnly ? .nonReference : discard)
            let forecast = skipsUnsampled ? sampling.rate : nil
            reader = VideoReader(
                demuxer, decoder, keyFramesOnly: keyFramesOnly,
                forecast: forecast.map { SampleForecast(rate: $0, frameRate: demuxer.frameRate) },
                interruption: interruption)
        } catch {
            throw Self.sourceError(error)
        }
        self.reader = reader
        info = Info(
            duration: reader.demuxer.duration.flatMap { $0 < VideoReader.latestTime ? $0 : nil },
            startTime: reader.demuxer.startTime.flatMap { abs($0) < VideoReader.latestTime ? $0 : nil },
            creationTime: reader.demuxer.tag("creation_time"))
    }

    /// Measures the duration of a file that does not state it: reads all packets once, without decoding them.
    ///
    /// - Returns: seconds; `nil` if the file cannot be read or has no packets.
    package func measureDuration() -> Double? {
        guard let demuxer = try? Demuxer(.file(path, timeout: timeout), interruption: interruption) else { return nil }
        let packet = Packet()
        var span = PacketSpan(timeBase: demuxer.timeBase)
        while !interruption.wasCancelled, (try? demuxer.read(into: packet)) == true {
            defer { packet.clear() }
            guard packet.streamIndex == demuxer.videoIndex else { continue }
            span.note(timestamp: packet.timestamp, duration: packet.duration)
        }
        return span.duration(rate: demuxer.frameRate).flatMap { $0 < VideoReader.latestTime ? $0 : nil }
    }

    /// Throws errors for which the system has a better message than the demuxer.
    private func checkFile() throws(SourceError) {
        var status = stat()
        guard stat(path, &status) == 0 else {
            let isMangled = path.contains("\u{FFFD}")
            throw .unreadable(
                systemPhrase(errno) + (isMangled ? " (its name is not UTF-8, which is not supported)" : ""))
        }
        if status.st_mode & S_IFMT == S_IFDIR { throw .unreadable("it is a directory, not a file") }
        if status.st_mode & S_IFMT == S_IFREG, status.st_size == 0 { throw .malformed("it is empty") }
    }

    private static func sourceError(_ error: any Error) -> any Error {
        guard let failure = error as? AVFailure else { return error }
        if failure.code == AVFailure.interrupted { return SourceError.interrupted }
        let number = cffmpeg_errno(failure.code)
        // Demuxers return other error numbers of the system for invalid contents.
        if [EACCES, EPERM, EMFILE, ENFILE].contains(number) { return SourceError.unreadable(systemPhrase(number)) }
        if failure.operation == Decoder.opening {
            return SourceError.malformed("the decoder cannot be opened (\(failure.meaning))")
        }
        let detail = failure.detail ?? (failure.code == AVFailure.invalidData ? nil : failure.meaning)
        return SourceError.malformed(
            "not a video or image, or corrupt at its beginning" + (detail.map { " (\($0))" } ?? ""))
    }

    package var traits: VideoFormat? { reader?.demuxer.traits }
    package var receivedFrames: Int? { receivedBefore + (reader?.receivedCount ?? 0) }

    package func close() {
        receivedBefore += reader?.receivedCount ?? 0
        reader = nil
        skipped = []
    }

    /// Decoding times of the key frames by the index of an open file, in seconds; `nil` for a file without an index, where
    /// ``seek(to:)`` fails. Empty if the index is read only later.
    package var keyFrameTimes: [Double]? {
        guard let reader, reader.demuxer.hasIndex else { return nil }
        return reader.demuxer.keyFrameTimes
    }

    /// Seeks to the last key frame before a time, in seconds by the recording's time stamps.
    ///
    /// - Returns: false if the file has no index. Then the position is undefined, and the source has to be reopened.
    /// - Precondition: the source is open.
    package func seek(to time: Double) -> Bool {
        guard let reader else { preconditionFailure("the source is not open") }
        return reader.seek(to: time)
    }

    /// Goes on at the last key frame before a later time: frames up to there are neither read nor decoded.
    ///
    /// - Parameter time: in seconds by the recording's time stamps.
    /// - Returns: as ``seek(to:)``.
    package func skip(to time: Double) -> Bool {
        let segments = corruption.segments
        guard seek(to: time) else { return false }
        skipped = segments
        return true
    }

    // MARK: - Frames

    package func nextFrame() throws -> Frame? {
        guard let reader else { preconditionFailure("the source is not open") }
        if let frame = try reader.nextFrame() { return frame }
        guard reader.frameCount > 0 else { throw SourceError.noFrames(reader.lastFailure?.meaning) }
        if endsTooSoon(reader) { reader.noteTruncation() }
        return nil
    }

    /// Whether the last frame ends long before the duration that the file states.
    private func endsTooSoon(_ reader: VideoReader) -> Bool {
        if reader.demuxer.endedWithComplaint { return true }
        guard reader.demuxer.knowsVideoDuration, let duration = info.duration
        else { return false }
        let missing = (info.startTime ?? 0) + duration - reader.end
        return missing > max(1, 10 / reader.demuxer.frameRate)
    }
}

/// Time span of packets, in seconds.
struct PacketSpan {
    /// Seconds per unit of the packets' time stamps.
    let timeBase: Double
    private var first = Double.infinity
    private var last = -Double.infinity
    private var count = 0

    init(timeBase: Double) { self.timeBase = timeBase }

    /// Adds a packet. Untrusted time stamps are converted to seconds before they are added, so that nothing overflows.
    ///
    /// - Parameters:
    ///   - timestamp: in units of the time base; `nil` if the packet has none.
    ///   - duration: in units of the time base.
    mutating func note(timestamp: Int64?, duration: Int64) {
        count += 1
        guard let timestamp else { return }
        let time = Double(timestamp) * timeBase
        first = min(first, time)
        last = max(last, time + Double(duration) * timeBase)
    }

    /// Returns the duration in seconds; `nil` without packets.
    ///
    /// - Parameter rate: packets per second, for packets without time stamps.
    func duration(rate: Double) -> Double? {
        guard count > 0 else { return nil }
        return last > first ? last - first : Double(count) / rate
    }
}
