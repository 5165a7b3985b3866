import Basics
import CFFmpeg

/// Reads the frames of a container's video: packets from the demuxer, through the decoder, the sound ones
/// out.
///
/// Used by one thread at a time.
final class VideoReader {
    let demuxer: Demuxer
    /// What could not be decoded so far.
    private(set) var tracker = CorruptionTracker()
    /// Frames that were decoded so far, sound or not.
    private(set) var frameCount = 0
    /// Encoded frames that came so far, decoded or not.
    private(set) var receivedCount = 0
    /// What went wrong last.
    private(set) var lastFailure: AVFailure?

    private let decoder: Decoder
    private let keyFramesOnly: Bool
    private let interruption: CancellationToken
    private let packet = Packet()
    private let frame = Frame()
    private var isDraining = false
    /// Whether there is a packet that the decoder would not take yet.
    private var isPacketPending = false
    private var packetTime = 0.0
    /// The time stamp of the last frame, as it stands in the file.
    private var stamp = 0.0
    private var timeline: Timeline
    /// When the last of all frames that were read is over, in seconds, by what their packets say.
    private(set) var end = -Double.infinity
    /// When the last packet came, by the monotonic clock.
    private var received = 0.0
    /// Errors since the demuxer gave a packet, or the decoder a frame, last.
    private var failuresInARow = 0
    private var flow = StallDetector()

    /// After so many errors in a row without a packet, or at the end without a frame, it is taken to be over.
    private static let mostFailures = 100
    /// Time stamps beyond this, in seconds, are rubbish: it is three hundred years.
    static let latestTime = 1e10

    init(_ demuxer: Demuxer, _ decoder: Decoder, keyFramesOnly: Bool, interruption: CancellationToken) {
        self.demuxer = demuxer
        self.decoder = decoder
        self.keyFramesOnly = keyFramesOnly
        self.interruption = interruption
        timeline = Timeline(
            wrap: demuxer.timestampWrap, mendsJumps: !demuxer.isLive, interval: 1 / demuxer.frameRate)
    }

    /// The next frame, which is valid until the one after it is asked for.
    ///
    /// - Returns: `nil` at the end.
    /// - Throws: ``SourceError/interrupted``, ``SourceError/encrypted``, and ``SourceError/lost(_:)`` for a live stream
    ///   that has become something else.
    func nextFrame() throws -> Frame? {
        frame.clear()
        while true {
            guard !interruption.endsCalls else { throw SourceError.interrupted }
            if let excess = decoder.excess { throw SourceError.lost(excess) }
            if demuxer.isLive, flow.hasEnded(at: received) {
                throw SourceError.lost("its decoder makes no frames of what it sends any more")
            }
            switch receive() {
            case .frame where accept(): return frame
            case .frame: continue
            case .wantsPacket: try feed()
            case .end: return nil
            }
        }
    }

    /// Goes on at the last key frame before a time, in seconds.
    ///
    /// - Returns: false if the file does not say where that is. Then it can only be read from its beginning.
    func seek(to time: Double) -> Bool {
        guard demuxer.hasIndex, (try? demuxer.seek(to: time)) != nil else { return false }
        decoder.flush()
        packet.clear()
        isPacketPending = false
        isDraining = false
        // What cannot be decoded without what came before is no damage.
        tracker = CorruptionTracker()
        timeline.seek()
        return true
    }

    /// Forgets what was damaged, for those who read without an end.
    func forgetCorruption() { tracker.forgetEnded() }

    /// Asks the decoder. A packet that turns out to be damaged is noted, and the next one is wanted.
    private func receive() -> Decoder.Answer {
        do {
            let answer = try decoder.receive(into: frame)
            if isDraining { failuresInARow = 0 }
            if answer == .frame { flow.noteFrame(at: received) }
            return answer
        } catch {
            note(error)
            failuresInARow += 1
            // At the end there may be sound frames behind a damaged one.
            return isDraining && failuresInARow > Self.mostFailures ? .end : .wantsPacket
        }
    }

    /// Gives the decoder the next packet of the video, or tells it that there are no more.
    private func feed() throws {
        if isDraining { return }
        if !isPacketPending, try !readPacket() {
            isDraining = true
            _ = try? decoder.send(nil)
            return
        }
        if !isPacketPending { flow.notePacket() }
        do {
            isPacketPending = try !decoder.send(packet)
        } catch {
            isPacketPending = false
            note(error)
        }
        if !isPacketPending { packet.clear() }
    }

    /// Reads up to the next packet that is to be decoded.
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
            return true
        }
    }

    /// Whether there may be more behind what cannot be read.
    private func shouldReadOn(after error: AVFailure) throws(SourceError) -> Bool {
        if error.code == AVFailure.interrupted { throw .interrupted }
        try checkStall()
        failuresInARow += 1
        note(error)
        return failuresInARow < Self.mostFailures && !demuxer.isAtEnd
    }

    /// A demuxer takes what does not come for the end of what there is.
    private func checkStall() throws(SourceError) {
        if demuxer.hasStalled { throw .silent(seconds: demuxer.timeout) }
    }

    private func note(_ failure: AVFailure) {
        lastFailure = failure
        tracker.recordCorruption(at: packetTime)
    }

    /// Puts the frame's time on it, and says whether it can be shown.
    private func accept() -> Bool {
        if let time = time(frame.timestamp) {
            stamp = time
        } else if frameCount > 0 {
            stamp += 1 / demuxer.frameRate  // a raw stream: all that there is, is the order
        }
        frameCount += 1
        frame.received = received
        frame.pixelAspect = demuxer.pixelAspect(of: frame)
        frame.orientation = frame.ownOrientation ?? demuxer.orientation
        guard tracker.accepts(time: stamp, isKey: frame.isKey, isCorrupt: frame.isCorrupt) else { return false }
        // Only a frame that is sound has a time stamp that can be trusted.
        let place = timeline.place(stamp)
        (frame.time, frame.timeStep) = (place.time, place.step)
        return true
    }

    /// Seconds, if they make sense.
    private func time(_ timestamp: Int64?) -> Double? {
        guard let timestamp else { return nil }
        let time = Double(timestamp) * demuxer.timeBase
        return abs(time) < Self.latestTime ? time : nil
    }

    /// The recording is over, though it should have gone on.
    func noteTruncation() { tracker.noteTruncation(at: max(stamp, packetTime)) }
}
