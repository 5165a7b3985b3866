import ArgumentParser
import Capture
import Watch

/// Options of the reception of streams, and of reconnecting.
struct ReceptionOptions: ParsableArguments {
    @Option(help: "Transport of RTSP streams.")
    var transport = StreamOptions.Transport.tcp

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            """
            Index of the video in a stream that has several, from 0 (default: the smallest that covers the network's \
            input).
            """, valueName: "index"))
    var videoStream: Int?

    @Option(
        parsing: .unconditional,
        help: "Time-out for a connection and its first frame. \(Seconds.duration(default: usual.connectTimeout))",
        transform: Seconds.parse)
    var connectTimeout = StreamOptions().connectTimeout

    @Option(
        parsing: .unconditional,
        help: "Reconnect when no frame arrives for this long. \(Seconds.duration(default: usual.readTimeout))",
        transform: Seconds.parse)
    var readTimeout = StreamOptions().readTimeout

    @Option(
        parsing: .unconditional,
        help: "Report a source as lost when it has given no frame for this long. \(Seconds.duration(default: 3))",
        transform: Seconds.parse)
    var grace = 3.0

    @Option(
        parsing: .unconditional,
        help: """
            Report a source as frozen when its frames have been identical for this long; 0 for never. \
            \(Seconds.duration(default: 60))
            """,
        transform: Seconds.parse)
    var frozenAfter = 60.0

    @Option(
        parsing: .unconditional,
        help: "First wait before reconnecting; later waits are longer. \(Seconds.duration(default: usualRetry))",
        transform: Seconds.parse)
    var retry = BackOff.Policy.reconnect.first

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Longest wait before reconnecting. Duration (default: \(short(BackOff.Policy.reconnect.longest)), or "
                + "\(short(BackOff.Policy.firstConnect.longest)) before the first frame of a source).",
            valueName: "longest-retry"),
        transform: Seconds.parse)
    var longestRetry: Double?

    @Flag(help: "Skip the decoder's loop filter: saves CPU time, and blocks may be visible.")
    var skipLoopFilter = false

    @Option(
        help: ArgumentHelp(
            "Largest frame of a stream that is decoded. A decoder may use the memory of eight such frames.",
            valueName: "size"))
    var maxFrameSize = StreamOptions().maxFrameSize.description

    /// Applies the options to those of a source.
    func apply(to options: inout SourceOptions) {
        options.reception = StreamOptions(
            transport: transport, connectTimeout: connectTimeout, readTimeout: readTimeout,
            skipsLoopFilter: skipLoopFilter, maxFrameSize: PixelSize(maxFrameSize) ?? StreamOptions().maxFrameSize)
        options.videoStream = videoStream
        options.grace = grace
        options.frozenAfter = frozenAfter
        options.retry.first = retry
        options.retry.longest = longestRetry ?? options.retry.longest
        options.retry.longestFirstConnect = longestRetry ?? options.retry.longestFirstConnect
    }

    /// Checks the ranges.
    ///
    /// - Throws: `ValidationError`.
    func check() throws {
        try Self.check("retry", retry, 0.01...3600)
        try Self.check("longest-retry", longestRetry ?? retry, 0.01...3600)
        try Self.check("connect-timeout", connectTimeout, 0.1...3600)
        try Self.check("read-timeout", readTimeout, 0.1...3600)
        if let videoStream, !(0...1000).contains(videoStream) {
            throw ValidationError("--video-stream is a number from 0 to 1000, not \(videoStream).")
        }
        guard let size = PixelSize(maxFrameSize), max(size.width, size.height) <= 16_384,
            min(size.width, size.height) >= 16
        else {
            throw ValidationError(
                "--max-frame-size is a size like 4096x2304, from 16x16 to 16384x16384, not \(maxFrameSize).")
        }
        try Self.check("grace", grace, 0...3600)
        try Self.check("frozen-after", frozenAfter, 0...86_400)
    }

    private static func check(_ name: String, _ seconds: Double, _ range: ClosedRange<Double>) throws {
        guard !range.contains(seconds) else { return }
        throw ValidationError(
            "--\(name) is a number of seconds from \(shortest(range.lowerBound)) to \(short(range.upperBound)), "
                + "not \(seconds).")
    }

    private static func shortest(_ seconds: Double) -> String { seconds == 0 ? "0" : "\(seconds)" }
}

extension StreamOptions.Transport: ExpressibleByArgument {}

private let usual = StreamOptions()
private let usualRetry = BackOff.Policy.reconnect.first

private func short(_ seconds: Double) -> String { decimals(seconds, 0) }
