import CFFmpeg
import Glibc

/// Pictures of a file: a recording, or a photo.
public final class FileSource: Source {
    /// What the file says of itself.
    public struct Info: Equatable, Sendable {
        /// Seconds, if the file knows.
        public var duration: Double?
        /// The time stamp of the first picture, if the file knows.
        public var startTime: Double?
        /// When the recording was made, by the file's own words: an ISO 8601 time.
        public var creationTime: String?
    }

    public let path: String
    /// Known once the source is open.
    public private(set) var info = Info()
    /// What could not be decoded so far.
    public var damage: Damage { tracker.damage }

    private let sampling: Sampling
    private let decoderThreads: Int
    private let interruption: Interruption
    private var opened: Opened?
    private var tracker = DamageTracker()
    private var frameCount = 0
    private var packetTime = 0.0
    private var lastFailure: AVFailure?
    /// Errors since the demuxer gave a packet, or the decoder a picture, last.
    private var failuresInARow = 0

    /// After so many errors in a row without a packet, or at the end without a picture, a file is taken to be over.
    private static let mostFailures = 100
    /// Time stamps beyond this, in seconds, are rubbish: it is three hundred years.
    private static let latestTime = 1e10

    /// What there is while the source is open.
    private struct Opened {
        let demuxer: Demuxer
        let decoder: Decoder
        let packet = Packet()
        let frame = Frame()
        var isDraining = false
        /// A packet that the decoder would not take yet.
        var isPacketPending = false
    }

    /// - Parameters:
    ///   - path: of the file, whatever characters it has.
    ///   - sampling: ``Sampling/keyFrames`` decodes nothing else; the choice among the pictures that are
    ///     given is the caller's (see ``Sampler``).
    ///   - decoderThreads: how many threads the decoder may use.
    ///   - interruption: ends calls that take too long.
    public init(path: String, sampling: Sampling, decoderThreads: Int, interruption: Interruption) {
        self.path = path
        self.sampling = sampling
        self.decoderThreads = decoderThreads
        self.interruption = interruption
    }

    // MARK: - Opening

    public func open() throws {
        try checkFile()
        do {
            let demuxer = try Demuxer(file: path, interruption: interruption)
            let decoder = try Decoder(
                stream: demuxer.video, threads: decoderThreads, keyFramesOnly: sampling == .keyFrames)
            opened = Opened(demuxer: demuxer, decoder: decoder)
        } catch {
            throw Self.sourceError(error)
        }
        guard let demuxer = opened?.demuxer else { return }
        info = Info(
            duration: demuxer.duration.flatMap { $0 < Self.latestTime ? $0 : nil },
            startTime: demuxer.startTime.flatMap { abs($0) < Self.latestTime ? $0 : nil },
            creationTime: demuxer.tag("creation_time"))
        tracker = DamageTracker()
        frameCount = 0
        failuresInARow = 0
        lastFailure = nil
    }

    /// Catches what the system says better than a demuxer.
    private func checkFile() throws(SourceError) {
        var status = stat()
        guard stat(path, &status) == 0 else { throw .unreadable(systemPhrase(errno)) }
        if status.st_mode & S_IFMT == S_IFDIR { throw .unreadable("it is a directory, not a file") }
        if status.st_mode & S_IFMT == S_IFREG, status.st_size == 0 { throw .malformed("it is empty") }
    }

    private static func sourceError(_ error: any Error) -> any Error {
        guard let failure = error as? AVFailure else { return error }
        if failure.code == AVFailure.interrupted { return SourceError.interrupted }
        let number = cffmpeg_errno(failure.code)
        // Demuxers borrow other numbers of the system's for what they find in a file.
        if [EACCES, EPERM, EMFILE, ENFILE].contains(number) { return SourceError.unreadable(systemPhrase(number)) }
        if failure.operation == Decoder.opening { return SourceError.malformed("its decoder refuses it (\(failure.meaning))") }
        let detail = failure.detail ?? (failure.code == AVFailure.invalidData ? nil : failure.meaning)
        return SourceError.malformed(
            "not a video or picture, or damaged at its beginning" + (detail.map { " (\($0))" } ?? ""))
    }

    public func close() { opened = nil }

    // MARK: - Pictures

    public func nextFrame() throws -> Frame? {
        guard var opened else { preconditionFailure("the source is not open") }
        defer { self.opened = opened }
        opened.frame.clear()
        while true {
            guard !interruption.wasCancelled else { throw SourceError.interrupted }
            switch receive(from: opened) {
            case .frame where accept(opened.frame, from: opened.demuxer): return opened.frame
            case .frame: continue
            case .wantsPacket: try feed(&opened)
            case .end: return try finish(opened)
            }
        }
    }

    /// Asks the decoder. A packet that turns out to be damaged is noted, and the next one is wanted.
    private func receive(from opened: Opened) -> Decoder.Answer {
        do {
            let answer = try opened.decoder.receive(into: opened.frame)
            if opened.isDraining { failuresInARow = 0 }
            return answer
        } catch {
            note(error)
            failuresInARow += 1
            // At the end there may be sound pictures behind a damaged one.
            return opened.isDraining && failuresInARow > Self.mostFailures ? .end : .wantsPacket
        }
    }

    /// Gives the decoder the next packet of the video, or tells it that there are no more.
    private func feed(_ opened: inout Opened) throws {
        if opened.isDraining { return }
        if !opened.isPacketPending, try !readPacket(opened) {
            opened.isDraining = true
            _ = try? opened.decoder.send(nil)
            return
        }
        do {
            opened.isPacketPending = try !opened.decoder.send(opened.packet)
        } catch {
            opened.isPacketPending = false
            note(error)
        }
        if !opened.isPacketPending { opened.packet.clear() }
    }

    /// Reads up to the next packet that is to be decoded.
    ///
    /// - Returns: false at the end of the file.
    private func readPacket(_ opened: Opened) throws -> Bool {
        let packet = opened.packet
        while true {
            packet.clear()
            do {
                guard try opened.demuxer.read(into: packet) else { return false }
                failuresInARow = 0
            } catch {
                guard try shouldReadOn(after: error, opened.demuxer) else { return false }
                continue
            }
            guard packet.streamIndex == opened.demuxer.videoIndex else { continue }
            if let time = time(packet.timestamp, opened.demuxer) { packetTime = time }
            if packet.isEncrypted { throw SourceError.encrypted }
            if packet.isCorrupt { tracker.noteTrouble(at: packetTime) }
            if sampling == .keyFrames, !packet.isKey { continue }
            return true
        }
    }

    /// Whether there may be more behind what cannot be read.
    private func shouldReadOn(after error: AVFailure, _ demuxer: Demuxer) throws(SourceError) -> Bool {
        if error.code == AVFailure.interrupted { throw .interrupted }
        failuresInARow += 1
        note(error)
        return failuresInARow < Self.mostFailures && !demuxer.isAtEnd
    }

    private func note(_ failure: AVFailure) {
        lastFailure = failure
        tracker.noteTrouble(at: packetTime)
    }

    /// Puts the picture's time on it, and says whether it can be shown.
    private func accept(_ frame: Frame, from demuxer: Demuxer) -> Bool {
        if let time = time(frame.timestamp, demuxer) {
            frame.time = time
        } else if frameCount > 0 {
            frame.time += 1 / demuxer.frameRate  // a raw stream: all that there is, is the order
        }
        frameCount += 1
        frame.pixelAspect = demuxer.pixelAspect(of: frame)
        frame.orientation = frame.ownOrientation ?? demuxer.orientation
        return tracker.accepts(time: frame.time, isKey: frame.isKey, isDamaged: frame.isDamaged)
    }

    /// Seconds, if they make sense.
    private func time(_ timestamp: Int64?, _ demuxer: Demuxer) -> Double? {
        guard let timestamp else { return nil }
        let time = Double(timestamp) * demuxer.timeBase
        return abs(time) < Self.latestTime ? time : nil
    }

    // MARK: - The end

    /// The decoder has nothing left.
    private func finish(_ opened: Opened) throws(SourceError) -> Frame? {
        guard frameCount > 0 else { throw .noPictures(lastFailure?.meaning) }
        if endsTooSoon(opened) { tracker.noteTruncation() }
        return nil
    }

    /// Whether the last picture comes long before the end that the file speaks of.
    private func endsTooSoon(_ opened: Opened) -> Bool {
        if opened.demuxer.endedWithComplaint { return true }
        guard opened.demuxer.knowsVideoDuration, sampling != .keyFrames, let duration = info.duration
        else { return false }
        let missing = (info.startTime ?? 0) + duration - opened.frame.time
        return missing > max(1, 10 / opened.demuxer.frameRate)
    }
}
