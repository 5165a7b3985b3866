/// How a network stream is received.
package struct StreamOptions: Equatable, Sendable {
    /// What carries the frames of an RTSP stream.
    package enum Transport: String, CaseIterable, Sendable {
        /// Nothing is lost, and it passes every firewall.
        case tcp
        /// What is lost is lost, but nothing waits for it.
        case udp
    }

    /// What carries the frames of an RTSP stream.
    package var transport: Transport
    /// How many seconds it may take to connect and to find out what is sent.
    package var connectTimeout: Double
    /// For how many seconds no frame may come. Streams that come in segments (HLS, DASH) have
    /// ``segmentFactor`` times as long: a segment is as long as ten seconds, and comes at once.
    package var readTimeout: Double
    /// Whether to leave out the filter that hides the edges of blocks: decoding takes less time, and a
    /// frame that is made small hardly shows the difference.
    package var skipsLoopFilter: Bool
    /// Which video is taken, of a stream that has several (HLS has one for each quality).
    package var selection: VideoSelection
    /// How the server of an encrypted stream has to prove who it is.
    package var tls: TLSVerification
    /// No frame may have more pixels than one of this size, and all that the decoder keeps have room in eight of
    /// these: it bounds what one source takes of the memory.
    package var maxFrameSize: PixelSize

    package init(
        transport: Transport = .tcp, connectTimeout: Double = 10, readTimeout: Double = 5,
        skipsLoopFilter: Bool = false, selection: VideoSelection = .best, tls: TLSVerification = .system,
        maxFrameSize: PixelSize = PixelSize(width: 4096, height: 2304)
    ) {
        self.transport = transport
        self.connectTimeout = connectTimeout
        self.readTimeout = readTimeout
        self.skipsLoopFilter = skipsLoopFilter
        self.selection = selection
        self.tls = tls
        self.maxFrameSize = maxFrameSize
    }

    static let segmentFactor = 6.0

    /// Seconds of a stream that are looked at to find out what is in it.
    static let analysisSeconds = 2.0

    /// The decoders that libavformat may use to find out what a stream is: those without which it does not learn the
    /// size of the frames. Nobody bounds the memory of others, as H.264 and H.265, whose parsers know the size.
    static let probingDecoders = "mjpeg,vp9,libvpx-vp9"
    /// Those that it may use besides for streams the size of whose frames is bounded.
    static let boundedDecoders = probingDecoders + ",h264,hevc"

    /// Everything that an address of a scheme may lead to. A stream must not make us open files.
    static func protocols(for scheme: String) -> String {
        let all = everyProtocol(for: scheme)
        // Whoever cannot be verified is not talked to.
        return ConnectionGuard.canVerify ? all : all.split(separator: ",").filter { $0 != "tls" }.joined(separator: ",")
    }

    private static func everyProtocol(for scheme: String) -> String {
        switch scheme {
        case "rtsp", "rtsps", "rtp": "rtsp,rtp,rtcp,udp,tcp,tls,crypto,http,https"
        case "http", "https": "http,https,tcp,tls,crypto,data"
        case "rtmp", "rtmps": "rtmp,rtmps,tcp,tls,crypto,http,https"
        default: scheme
        }
    }
}
