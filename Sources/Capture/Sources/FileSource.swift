import Basics
import CFFmpeg
import Glibc

/// Frames of a file: a recording, or a photo.
package final class FileSource: Source {
    /// What the file says of itself.
    package struct Info: Equatable, Sendable {
        /// Seconds, if the file knows.
        package var duration: Double?
        /// The time stamp of the first frame, if the file knows.
        package var startTime: Double?
        /// When the recording was made, by the file's own words: an ISO 8601 time.
        package var creationTime: String?
    }

    /// Of the file.
    package let path: String
    /// Known once the source is open.
    package private(set) var info = Info()
    /// What could not be decoded so far.
    package var damage: Corruption { reader?.tracker.damage ?? Corruption() }

    /// When the last of all frames that were read so far is over, by the file's time stamps, in seconds.
    package var end: Double? { reader.flatMap { $0.end.isFinite ? $0.end : nil } }

    private let sampling: Sampling
    private let decoderThreads: Int
    private let playsCamera: Bool
    private let timeout: Double
    private let interruption: CancellationToken
    /// What reads while the source is open.
    private var reader: VideoReader?
    /// Frames that came before it was closed last.
    private var receivedBefore = 0

    /// Seconds for which a pipe may give nothing before it is taken to be stuck, when nobody waits for it live.
    package static let usualTimeout = 60.0

    /// - Parameters:
    ///   - path: of the file, whatever characters it has.
    ///   - sampling: ``Sampling/keyFrames`` decodes nothing else; the choice among the frames that are
    ///     given is the caller's (see ``Sampler``).
    ///   - decoderThreads: how many threads the decoder may use.
    ///   - playsCamera: whether frames may be missing that are not looked at, as with a camera: what is not
    ///     needed is not decoded. Otherwise every frame of a recording is given.
    ///   - patience: seconds for which nothing may come, if it is a pipe or a device.
    ///   - interruption: ends calls that take too long.
    package init(
        path: String, sampling: Sampling, decoderThreads: Int, playsCamera: Bool = false,
        timeout: Double = usualTimeout,
        interruption: CancellationToken
    ) {
        self.path = path
        self.sampling = sampling
        self.decoderThreads = decoderThreads
        self.playsCamera = playsCamera
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
            let decoder = try Decoder(
                stream: demuxer.video, threads: decoderThreads, discard: needed.discard(at: demuxer.frameRate))
            reader = VideoReader(demuxer, decoder, keyFramesOnly: keyFramesOnly, interruption: interruption)
        } catch {
            throw Self.sourceError(error)
        }
        self.reader = reader
        info = Info(
            duration: reader.demuxer.duration.flatMap { $0 < VideoReader.latestTime ? $0 : nil },
            startTime: reader.demuxer.startTime.flatMap { abs($0) < VideoReader.latestTime ? $0 : nil },
            creationTime: reader.demuxer.tag("creation_time"))
    }

    /// How long a file is that does not say so: its packets are read once, to the last, and not decoded.
    ///
    /// - Returns: seconds, `nil` if there is no telling.
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

    /// Catches what the system says better than a demuxer.
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
        // Demuxers borrow other numbers of the system's for what they find in a file.
        if [EACCES, EPERM, EMFILE, ENFILE].contains(number) { return SourceError.unreadable(systemPhrase(number)) }
        if failure.operation == Decoder.opening {
            return SourceError.malformed("its decoder refuses it (\(failure.meaning))")
        }
        let detail = failure.detail ?? (failure.code == AVFailure.invalidData ? nil : failure.meaning)
        return SourceError.malformed(
            "not a video or image, or damaged at its beginning" + (detail.map { " (\($0))" } ?? ""))
    }

    package var traits: VideoFormat? { reader?.demuxer.traits }
    package var receivedFrames: Int? { receivedBefore + (reader?.receivedCount ?? 0) }

    package func close() {
        receivedBefore += reader?.receivedCount ?? 0
        reader = nil
    }

    /// Goes on at the last key frame before a time, in seconds by the recording's time stamps.
    ///
    /// - Returns: false if the file does not say where that is. Then nothing is known of where it goes on: it has to be
    ///   opened again.
    package func seek(to time: Double) -> Bool {
        guard let reader else { preconditionFailure("the source is not open") }
        return reader.seek(to: time)
    }

    // MARK: - Frames

    package func nextFrame() throws -> Frame? {
        guard let reader else { preconditionFailure("the source is not open") }
        if let frame = try reader.nextFrame() { return frame }
        guard reader.frameCount > 0 else { throw SourceError.noFrames(reader.lastFailure?.meaning) }
        if endsTooSoon(reader) { reader.noteTruncation() }
        return nil
    }

    /// Whether the last frame is over long before the end that the file speaks of.
    private func endsTooSoon(_ reader: VideoReader) -> Bool {
        if reader.demuxer.endedWithComplaint { return true }
        guard reader.demuxer.knowsVideoDuration, let duration = info.duration
        else { return false }
        let missing = (info.startTime ?? 0) + duration - reader.end
        return missing > max(1, 10 / reader.demuxer.frameRate)
    }
}

/// The time that packets cover, in seconds.
struct PacketSpan {
    /// Seconds to one unit of the packets' times.
    let timeBase: Double
    private var first = Double.infinity
    private var last = -Double.infinity
    private var count = 0

    init(timeBase: Double) { self.timeBase = timeBase }

    /// Adds a packet. What a file says of its times may be anything, so nothing is added up before it is in seconds.
    ///
    /// - Parameter timestamp: `nil` if it has none.
    mutating func note(timestamp: Int64?, duration: Int64) {
        count += 1
        guard let timestamp else { return }
        let time = Double(timestamp) * timeBase
        first = min(first, time)
        last = max(last, time + Double(duration) * timeBase)
    }

    /// - Parameter rate: packets in a second, for when they have no times.
    /// - Returns: `nil` if there was no packet.
    func duration(rate: Double) -> Double? {
        guard count > 0 else { return nil }
        return last > first ? last - first : Double(count) / rate
    }
}
