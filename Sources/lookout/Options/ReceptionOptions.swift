import ArgumentParser
import Capture
import Watch

/// How streams are received.
struct ReceptionOptions: ParsableArguments {
    @Option(help: "What carries the frames of an RTSP stream.")
    var transport = StreamOptions.Transport.tcp

    @Option(
        help: ArgumentHelp(
            "Which video of a stream that has several, from 0 (default: the smallest that serves).", valueName: "number"
        ))
    var videoStream: Int?

    @Option(help: "Seconds in which a connection has to be made and show something.", transform: Seconds.parse)
    var connectTimeout = StreamOptions().connectTimeout

    @Option(help: "Seconds without a frame after which a connection is given up.", transform: Seconds.parse)
    var readTimeout = StreamOptions().readTimeout

    @Option(help: "Seconds for which a source may be away before it is said to be lost.", transform: Seconds.parse)
    var grace = 3.0

    @Option(
        help: "Seconds for which frames may repeat bit for bit before a source is said to be frozen; 0 for ever.",
        transform: Seconds.parse)
    var frozenAfter = 60.0

    @Option(
        help: "Seconds after which a source that failed is tried again; later attempts wait longer.",
        transform: Seconds.parse)
    var retry = BackOff.Policy.reconnect.first

    @Option(
        help: ArgumentHelp(
            "The longest wait between attempts, in seconds (default: \(short(BackOff.Policy.reconnect.longest)), or "
                + "\(short(BackOff.Policy.firstConnect.longest)) for a source that was never there).",
            valueName: "longest-retry"),
        transform: Seconds.parse)
    var longestRetry: Double?

    @Flag(help: "Leave out the decoder's loop filter: takes less time, and blocks may show.")
    var skipLoopFilter = false

    @Option(
        help: ArgumentHelp(
            "The largest frames of streams that are decoded; all that a decoder keeps may take as much memory as eight.",
            valueName: "size"))
    var maxFrameSize = StreamOptions().maxFrameSize.description

    /// Says how a source is received.
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

    func check() throws {
        for (name, value) in [("retry", retry), ("longest-retry", longestRetry ?? retry)]
        where !(0.01...3600).contains(value) {
            throw ValidationError("--\(name) is a number of seconds from 0.01 to 3600, not \(value).")
        }
        for (name, value) in [("connect-timeout", connectTimeout), ("read-timeout", readTimeout)]
        where !(0.1...3600).contains(value) {
            throw ValidationError("--\(name) is a number of seconds from 0.1 to 3600, not \(value).")
        }
        if let videoStream, !(0...1000).contains(videoStream) {
            throw ValidationError("--video-stream is a number from 0 to 1000, not \(videoStream).")
        }
        guard let size = PixelSize(maxFrameSize), max(size.width, size.height) <= 16_384,
            min(size.width, size.height) >= 16
        else {
            throw ValidationError(
                "--max-frame-size is a size like 4096x2304, from 16x16 to 16384x16384, not \(maxFrameSize).")
        }
        guard (0...3600).contains(grace) else {
            throw ValidationError("--grace is a number of seconds from 0 to 3600, not \(grace).")
        }
        guard (0...86_400).contains(frozenAfter) else {
            throw ValidationError("--frozen-after is a number of seconds from 0 to 86400, not \(frozenAfter).")
        }
    }
}

extension StreamOptions.Transport: ExpressibleByArgument {}

private func short(_ seconds: Double) -> String { decimals(seconds, 0) }
