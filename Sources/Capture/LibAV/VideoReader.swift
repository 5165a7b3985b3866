import Basics
import CFFmpeg

/// Reads the intact frames of a container's video stream: demuxes, decodes, and drops corrupt frames.
///
/// It runs on the caller's thread; it has no queue of its own. May be used by one thread at a time.
final class VideoReader {
    let demuxer: Demuxer
    /// Corruption found so far.
    private(set) var tracker = CorruptionTracker()
    /// Number of decoded frames, intact or not.
    private(set) var frameCount = 0
    /// Number of encoded frames received, decoded or not.
    private(set) var receivedCount = 0
    /// Last error of the demuxer or the decoder.
    private(set) var lastFailure: AVFailure?

    private let decoder: Decoder
    private let keyFramesOnly: Bool
    /// Forecast of the frames that are not sampled; `nil` to decode all.
    private var forecast: SampleForecast?
    private let interruption: CancellationToken
    private let packet = Packet()
    private let frame = Frame()
    private var isDraining = false
    /// Whether the packet has to be sent again, because the decoder did not accept it yet.
    private var isPacketPending = false
    private var packetTime = 0.0
    /// Time stamp of the last frame in the file, in seconds.
    private var stamp = 0.0
    private var timeline: Timeline
    /// End of the last frame by the time stamps and durations of the packets read, in seconds.
    private(set) var end = -Double.infinity
    /// Monotonic time of the last packet.
    private var received = 0.0
    /// Errors since the last packet or, while draining, since the last frame.
    private var failuresInARow = 0
    private var stall = StallDetector()

    /// Errors in a row after which the input counts as ended.
    private static let mostFailures = 100
    /// Larger time stamps, in seconds, are invalid: it is three hundred years.
    static let latestTime = 1e10

    /// - Parameter forecast: forecast of the frames that are not sampled, which are not decoded if no other refers to them.
    init(
        _ demuxer: Demuxer, _ decoder: Decoder, keyFramesOnly: Bool, forecast: SampleForecast? = nil,
        interruption: CancellationToken
    ) {
        self.forecast = forecast
        self.demuxer = demuxer
        self.decoder = decoder
        self.keyFramesOnly = keyFramesOnly
        self.interruption = interruption
        timeline = Timeline(
            wrap: demuxer.timestampWrap, mendsJumps: !demuxer.isLive, interval: 1 / demuxer.frameRate)
    }

    /// Reads the next intact frame, which is valid until the next call.
    ///
    /// - Returns: `nil` at the end.
    /// - Throws: ``SourceError/interrupted``, ``SourceError/encrypted``, and ``SourceError/lost(_:)`` for a live stream
    ///   that no longer decodes or exceeds its memory.
    func nextFrame() throws -> Frame? {
        frame.clear()
        while true {
            guard !interruption.endsCalls else { throw SourceError.interrupted }
            if let excess = decoder.excess { throw SourceError.lost(excess) }
            if demuxer.isLive, stall.hasEnded(at: received) {
                throw SourceError.lost("its packets no longer decode to frames")
            }
            switch receive() {
            case .frame where accept(): return frame
            case .frame: continue
            case .wantsPacket: try feed()
            case .end: return nil
            }
        }
    }

    /// Seeks to the last key frame before a time, in seconds.
    ///
    /// - Returns: false if the file has no index. Then it can only be read from its beginning.
    func seek(to time: Double) -> Bool {
        guard demuxer.hasIndex, (try? demuxer.seek(to: time)) != nil else { return false }
        decoder.flush()
        packet.clear()
        isPacketPending = false
        isDraining = false
        // Frames that depend on skipped ones are not corrupt.
        tracker = CorruptionTracker()
        timeline.seek()
        forecast?.seek()
        return true
    }

    /// Discards closed corrupt segments, so that an endless stream does not collect them.
    func forgetCorruption() { tracker.forgetEnded() }

    /// Receives a frame from the decoder. Records a corrupt packet, and asks for the next one.
    private func receive() -> Decoder.Answer {
        do {
            let answer = try decoder.receive(into: frame)
            if isDraining { failuresInARow = 0 }
            if answer == .frame { stall.noteFrame(at: received) }
            return answer
        } catch {
            note(error)
            failuresInARow += 1
            // At the end, intact frames may follow a corrupt one.
            return isDraining && failuresInARow > Self.mostFailures ? .end : .wantsPacket
        }
    }

    /// Sends the decoder the next packet of the video stream, or the end of the stream.
    private func feed() throws {
        if isDraining { return }
        if !isPacketPending, try !readPacket() {
            isDraining = true
            _ = try? decoder.send(nil)
            return
        }
        if !isPacketPending { stall.notePacket() }
        do {
            isPacketPending = try !decoder.send(packet)
        } catch {
            isPacketPending = false
            note(error)
        }
        if !isPacketPending { packet.clear() }
    }

    /// Reads packets up to the next one to be decoded.
    ///
    /// - Returns: false at the end of the file.
    private func readPacket() throws -> Bool {
        while true {
            packet.clear()
            let isAtEnd: Bool
            do {
                isAtEnd = try !demuxer.read(into: packet)
            } catch {
                guard try shouldReadOn(after: error) else { return false }
                continue
            }
            if isAtEnd {
                try checkStall()
                return false
            }
            failuresInARow = 0
            guard packet.streamIndex == demuxer.videoIndex else { continue }
            received = MonotonicClock.now
            receivedCount += 1
            if let time = time(packet.timestamp) {
                packetTime = time
                end = max(end, time + Double(packet.duration) * demuxer.timeBase)
            }
            if packet.isEncrypted { throw SourceError.encrypted }
            if packet.isCorrupt { tracker.recordCorruption(at: packetTime) }
            if keyFramesOnly, !packet.isKey { continue }
            if let isNeeded = forecast?.mayBeSampled(time(packet.timestamp)) {
                decoder.setDiscard(isNeeded ? .nothing : .nonReference)
            }
            return true
        }
    }

    /// Whether to continue after an error of the demuxer.
    private func shouldReadOn(after error: AVFailure) throws(SourceError) -> Bool {
        if error.code == AVFailure.interrupted { throw .interrupted }
        try checkStall()
        failuresInARow += 1
        note(error)
        return failuresInARow < Self.mostFailures && !demuxer.isAtEnd
    }

    /// Throws if the input has stalled, which a demuxer takes for its end.
    private func checkStall() throws(SourceError) {
        if demuxer.hasStalled { throw .silent(seconds: demuxer.timeout) }
    }

    private func note(_ failure: AVFailure) {
        lastFailure = failure
        tracker.recordCorruption(at: packetTime)
    }

    /// Sets the frame's time, aspect ratio and rotation. Returns whether the frame is intact.
    private func accept() -> Bool {
        if let time = time(frame.timestamp) {
            stamp = time
        } else if frameCount > 0 {
            stamp += 1 / demuxer.frameRate  // a raw stream has no time stamps
        }
        frameCount += 1
        frame.received = received
        frame.pixelAspect = demuxer.pixelAspect(of: frame)
        frame.orientation = frame.ownOrientation ?? demuxer.orientation
        guard tracker.accepts(time: stamp, isKey: frame.isKey, isCorrupt: frame.isCorrupt) else { return false }
        // Only intact frames have reliable time stamps.
        let place = timeline.place(stamp)
        (frame.time, frame.timeStep) = (place.time, place.step)
        forecast?.begin(at: place.time)
        return true
    }

    /// Converts a time stamp to seconds; `nil` if it is absent or invalid.
    private func time(_ timestamp: Int64?) -> Double? {
        guard let timestamp else { return nil }
        let time = Double(timestamp) * demuxer.timeBase
        return abs(time) < Self.latestTime ? time : nil
    }

    /// Records that the recording ends before its stated end.
    func noteTruncation() { tracker.noteTruncation(at: max(stamp, packetTime)) }
}
