import Basics
import CFFmpeg
import Glibc

/// What a demuxer opens, and how.
struct DemuxerInput {
    /// The address for libavformat. It may have a password in it.
    let url: String
    /// libavformat's options.
    let options: [(String, String)]
    /// Whether it is a stream that goes on for ever, and not a file.
    var isLive = false
    /// How it is read if reading it may block.
    var polled: PolledInput.Settings?
    /// Which video is read.
    let selection: VideoSelection
    /// Takes out of a message what must not be shown.
    let redact: (String) -> String
    /// How servers prove who they are; `nil` if nothing is connected to.
    var verification: TLSVerification?
    /// The most pixels of a frame that may be decoded to find out what the stream is; `nil` for any number.
    var maxPixels: Int?

    /// A file. Only files are opened, here and by what the file refers to: a playlist that was put in the
    /// place of a recording cannot make us connect to anything.
    ///
    /// - Parameter patience: seconds for which nothing may come of a pipe or a device.
    static func file(_ path: String, timeout: Double) -> DemuxerInput {
        DemuxerInput(
            url: "file:" + path,
            // A "%" in the name of a frame is a "%".
            options: [("protocol_whitelist", "file,crypto,data"), ("pattern_type", "none")],
            polled: PolledInput.Settings(path: path, timeout: timeout), selection: .best, redact: { $0 })
    }

    /// A stream. Options that its kind does not know are left alone by libavformat.
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

/// The bytes of a pipe or a device, for a demuxer. libavformat's own calls would hang in the system until somebody
/// writes, whatever they are told; these wait for no longer than they may.
///
/// Used by one thread at a time.
final class PolledInput {
    /// What to open.
    struct Settings {
        var path: String
        /// Seconds for which nothing may come.
        var timeout: Double

        /// - Returns: `nil` for what never blocks: a file with a length, or something that is not there.
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
    /// Seconds for which nothing may come.
    let timeout: Double
    /// Whether nothing has come for too long. From then on, nothing is read.
    private(set) var hasStalled = false

    private let descriptor: Int32
    private let interruption: CancellationToken

    private static let bufferSize = 32768
    /// Milliseconds after which a wait looks whether it is to end.
    private static let slice: Int32 = 100

    /// Opens it. Nobody has to write to it yet.
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
        av_free(handle.pointee.buffer)  // the library may have made another one
        var pointer: UnsafeMutablePointer<AVIOContext>? = handle
        avio_context_free(&pointer)
        Glibc.close(descriptor)
    }

    /// - Returns: how many bytes came, or one of FFmpeg's errors.
    private func read(_ buffer: UnsafeMutablePointer<UInt8>, _ count: Int) -> Int32 {
        let end = MonotonicClock.now + timeout
        while !hasStalled {
            guard !interruption.endsCalls else { return AVFailure.interrupted }
            // Reading without waiting first would take a pipe that nobody has opened for writing yet to be at its end.
            var wait = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            if poll(&wait, 1, Self.slice) > 0 {
                let result = Glibc.read(descriptor, buffer, count)
                if result > 0 { return Int32(result) }
                if result == 0 { return AVFailure.endOfFile }
                guard [EAGAIN, EINTR].contains(errno) else { return -errno }
                usleep(10_000)  // it says that there is something, and has nothing
            }
            hasStalled = MonotonicClock.now > end
        }
        return -ETIMEDOUT
    }
}
