import Basics
import CFFmpeg

/// Source of the frames of a network stream.
///
/// Every call returns or throws before its timeout.
package final class StreamSource: Source {
    private let url: StreamURL
    private let sampling: Sampling
    private let options: StreamOptions
    private let interruption: CancellationToken
    /// Reader of the open stream; `nil` while the source is closed.
    private var reader: VideoReader?
    /// Whether to use arrival times, because the stream has no time stamps.
    private var usesArrivalTimes = false
    /// Timeout of the next frame of this stream, in seconds.
    private var readTimeout: Double
    /// Corrupt and received frames before the last ``close()``.
    private var corruptBefore = 0
    private var receivedBefore = 0

    /// - Parameters:
    ///   - url: URL of the stream.
    ///   - sampling: frames to be sampled. The decoder skips others where the codec allows it.
    ///   - options: how to receive the stream.
    ///   - interruption: cancels blocking calls.
    package init(url: StreamURL, sampling: Sampling, options: StreamOptions, interruption: CancellationToken) {
        self.url = url
        self.sampling = sampling
        self.options = options
        self.interruption = interruption
        readTimeout = options.readTimeout
    }

    package var corruptFrames: Int { corruptBefore + (reader?.tracker.droppedFrames ?? 0) }

    package var receivedFrames: Int? { receivedBefore + (reader?.receivedCount ?? 0) }
    package var openLimit: Double { options.connectTimeout }
    package var timeLimit: Double { readTimeout }
    package var certificate: CertificateFingerprint? { reader?.demuxer.certificate }
    package var traits: VideoFormat? { reader?.demuxer.traits }

    package func open() throws {
        let start = MonotonicClock.now
        do {
            reader = try interruption.withDeadline(options.connectTimeout) { try connect() }
        } catch {
            throw sourceError(error, after: MonotonicClock.now - start)
        }
    }

    private func connect() throws -> VideoReader {
        if url.isEncrypted, !ConnectionGuard.canVerify {
            throw SourceError.unreachable(
                "the server cannot be verified: this machine's FFmpeg does not use GnuTLS for TLS")
        }
        let demuxer = try Demuxer(.stream(url, options), interruption: interruption)
        let budget = FrameBudget(largest: options.maxFrameSize)
        if let refusal = demuxer.traits.size.flatMap(budget.refusal) { throw SourceError.unreachable(refusal) }
        let decoder = try Decoder(
            stream: demuxer.video, threads: 1, discard: sampling.discard(at: demuxer.frameRate),
            skipsLoopFilter: options.skipsLoopFilter, budget: budget)
        usesArrivalTimes = demuxer.inventsTimestamps
        readTimeout = options.readTimeout * (demuxer.comesInSegments ? StreamOptions.segmentFactor : 1)
        return VideoReader(
            demuxer, decoder, keyFramesOnly: sampling == .keyFrames, interruption: interruption)
    }

    package func nextFrame() throws -> Frame? {
        guard let reader else { preconditionFailure("the source is not open") }
        let frame: Frame?
        let start = MonotonicClock.now
        do {
            frame = try interruption.withDeadline(readTimeout) { try reader.nextFrame() }
        } catch {
            throw sourceError(error, after: MonotonicClock.now - start)
        }
        guard let frame else { throw ending(of: reader) }
        reader.forgetCorruption()
        if usesArrivalTimes { frame.time = frame.received }
        return frame
    }

    /// Returns the error for the end of the stream.
    private func ending(of reader: VideoReader) -> SourceError {
        if let refusal = reader.demuxer.refusedConnection { return .lost(refusal) }
        guard let failure = reader.lastFailure, failure.code != AVFailure.invalidData else {
            return .lost(reader.frameCount > 0 ? "the stream ended" : "the stream ended before its first frame")
        }
        return .lost(url.redact("the stream broke off (\(failure.description.lowercasedFirst))"))
    }

    package func close() {
        corruptBefore = corruptFrames
        receivedBefore += reader?.receivedCount ?? 0
        reader = nil
    }

    private func sourceError(_ error: any Error, after seconds: Double) -> any Error {
        if interruption.wasCancelled { return SourceError.interrupted }
        let isConnected = reader != nil
        if let refusal = reader?.demuxer.refusedConnection { return SourceError.lost(refusal) }
        switch error {
        case SourceError.interrupted: return silence(isConnected, seconds)
        case let failure as AVFailure where failure.code == AVFailure.interrupted: return silence(isConnected, seconds)
        case let failure as AVFailure where failure.refusal != nil:
            return SourceError.refused(
                status: failure.refusal ?? 0, url.redact("login refused: " + Self.reason(for: failure)))
        case let failure as AVFailure:
            return SourceError.unreachable(url.redact(Self.reason(for: failure)))
        default: return error
        }
    }

    private static func reason(for failure: AVFailure) -> String {
        if failure.operation == Decoder.opening { return "the decoder cannot be opened (\(failure.meaning))" }
        if failure.code == AVFailure.invalidData, failure.detail == nil {
            return "the stream is not a video in a known format"
        }
        return failure.description.lowercasedFirst
    }

    private func silence(_ isConnected: Bool, _ seconds: Double) -> SourceError {
        let time = seconds < 10 ? "\((seconds * 10).rounded() / 10)" : "\(Int(seconds.rounded()))"
        let short = time.hasSuffix(".0") ? String(time.dropLast(2)) : time
        return isConnected
            ? .lost("no frame for \(short) s") : .unreachable("no answer, or no video, for \(short) s")
    }
}

extension String {
    /// Text with its first letter in lower case, for use inside a sentence.
    var lowercasedFirst: String { prefix(1).lowercased() + dropFirst() }
}
