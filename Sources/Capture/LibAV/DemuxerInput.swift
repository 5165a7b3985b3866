import Basics
import CFFmpeg
import Glibc

/// Input of a demuxer, with its options.
struct DemuxerInput {
    /// URL for libavformat. It may contain a password.
    let url: String
    /// Options for libavformat.
    let options: [(String, String)]
    /// Whether it is a live stream, and not a file.
    var isLive = false
    /// Custom input for a file whose reads may block.
    var polled: PolledInput.Settings?
    /// Video stream to be read.
    let selection: VideoSelection
    /// Removes secrets from messages.
    let redact: (String) -> String
    /// Verification of servers; `nil` for files.
    var verification: TLSVerification?
    /// Most pixels of a frame that may be decoded to detect the format; `nil` for any number.
    var maxPixels: Int?

    /// Input of a file. Neither it nor the files that it refers to may open connections, so that a playlist in place of
    /// a recording cannot make the program connect anywhere.
    ///
    /// - Parameter timeout: timeout of a pipe or device without data, in seconds.
    static func file(_ path: String, timeout: Double) -> DemuxerInput {
        DemuxerInput(
            url: "file:" + path,
            // "%" in a file name has no special meaning.
            options: [("protocol_whitelist", "file,crypto,data"), ("pattern_type", "none")],
            polled: PolledInput.Settings(path: path, timeout: timeout), selection: .best, redact: { $0 })
    }

    /// Input of a stream. libavformat ignores options that the protocol does not have.
    static func stream(_ url: StreamURL, _ options: StreamOptions) -> DemuxerInput {
        DemuxerInput(
            url: url.exposed,
            options: [
                ("protocol_whitelist", StreamOptions.protocols(for: url.scheme)),
                ("rtsp_transport", options.transport.rawValue),
                ("allowed_media_types", "video"),
                ("codec_whitelist", StreamOptions.probingDecoders),
                ("analyzeduration", "\(Int(StreamOptions.analysisSeconds * 1e6))"),
            ],
            isLive: true, selection: options.selection, redact: url.redact, verification: options.tls,
            maxPixels: options.maxFrameSize.width * options.maxFrameSize.height)
    }
}

/// Input from a pipe or a device, with a timeout. libavformat's own reads would block in the system until data comes,
/// and could not be cancelled.
///
/// May be used by one thread at a time.
final class PolledInput {
    /// Path and timeout.
    struct Settings {
        var path: String
        /// Timeout without data, in seconds.
        var timeout: Double

        /// - Returns: `nil` for files that never block: regular ones, and those that do not exist.
        init?(path: String, timeout: Double) {
            var status = stat()
            guard stat(path, &status) == 0, [S_IFIFO, S_IFCHR, S_IFSOCK].contains(status.st_mode & S_IFMT)
            else { return nil }
            self.path = path
            self.timeout = timeout
        }
    }

    /// For an `AVFormatContext`, which does not free it.
    let handle: UnsafeMutablePointer<AVIOContext>
    /// Timeout without data, in seconds.
    let timeout: Double
    /// Whether the timeout has passed without data. From then on, all reads fail.
    private(set) var hasStalled = false

    private let descriptor: Int32
    private let interruption: CancellationToken

    private static let bufferSize = 32768
    /// Interval at which a wait checks for cancellation, in milliseconds.
    private static let slice: Int32 = 100

    /// Opens the pipe or device. A pipe need not have a writer yet.
    ///
    /// - Throws: ``SourceError``.
    init(_ settings: Settings, interruption: CancellationToken) throws(SourceError) {
        descriptor = Glibc.open(settings.path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
        guard descriptor >= 0 else { throw .unreadable(systemPhrase(errno)) }
        timeout = settings.timeout
        self.interruption = interruption
        guard let buffer = av_malloc(Self.bufferSize),
            let handle = avio_alloc_context(
                buffer.assumingMemoryBound(to: UInt8.self), Int32(Self.bufferSize), 0, nil,
                { opaque, buffer, count in
                    guard let opaque, let buffer else { return AVFailure.endOfFile }
                    return Unmanaged<PolledInput>.fromOpaque(opaque).takeUnretainedValue().read(buffer, Int(count))
                }, nil, nil)
        else { preconditionFailure("out of memory") }
        self.handle = handle
        handle.pointee.opaque = Unmanaged.passUnretained(self).toOpaque()
    }

    deinit {
        av_free(handle.pointee.buffer)  // the library may have replaced it
        var pointer: UnsafeMutablePointer<AVIOContext>? = handle
        avio_context_free(&pointer)
        Glibc.close(descriptor)
    }

    /// - Returns: the number of bytes read, or an error code of FFmpeg.
    private func read(_ buffer: UnsafeMutablePointer<UInt8>, _ count: Int) -> Int32 {
        let end = MonotonicClock.now + timeout
        while !hasStalled {
            guard !interruption.endsCalls else { return AVFailure.interrupted }
            // Without poll(2), a pipe that has no writer yet would seem to be at its end.
            var wait = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            if poll(&wait, 1, Self.slice) > 0 {
                let result = Glibc.read(descriptor, buffer, count)
                if result > 0 { return Int32(result) }
                if result == 0 { return AVFailure.endOfFile }
                guard [EAGAIN, EINTR].contains(errno) else { return -errno }
                usleep(10_000)  // poll(2) reported data, but there was none
            }
            hasStalled = MonotonicClock.now > end
        }
        return -ETIMEDOUT
    }
}
