/// Options for receiving a network stream.
package struct StreamOptions: Equatable, Sendable {
    /// Transport protocol of an RTSP stream.
    package enum Transport: String, CaseIterable, Sendable {
        /// Reliable; passes firewalls.
        case tcp
        /// Lossy; a lost packet delays nothing.
        case udp
    }

    /// Transport protocol of an RTSP stream.
    package var transport: Transport
    /// Timeout for connecting and detecting the format, in seconds.
    package var connectTimeout: Double
    /// Timeout of the next frame, in seconds. Segmented streams (HLS, DASH) get ``segmentFactor`` times as long, because
    /// a segment of up to ten seconds comes at once.
    package var readTimeout: Double
    /// Whether the decoder skips the deblocking filter. Decoding takes less time, and a downscaled frame hardly shows
    /// the difference.
    package var skipsLoopFilter: Bool
    /// Video stream to be read, if there are several (HLS has one for each quality).
    package var selection: VideoSelection
    /// Verification of the server of an encrypted stream.
    package var tls: TLSVerification
    /// Limit of a source's memory: no frame may have more pixels than this size, and the frames that the decoder keeps
    /// may take at most eight times its memory.
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

    /// Factor of ``readTimeout`` for segmented streams.
    static let segmentFactor = 6.0

    /// Seconds of a stream that are analyzed to detect its format.
    static let analysisSeconds = 2.0

    /// Decoders that libavformat may use to detect the format: those without which it does not learn the frame size.
    /// Others, as H.264 and H.265, are left out, because their memory is not bounded and their parsers know the size.
    static let probingDecoders = "mjpeg,vp9,libvpx-vp9"
    /// Decoders that libavformat may use for streams with a bounded frame size.
    static let boundedDecoders = probingDecoders + ",h264,hevc"

    /// Returns the protocols that a URL of a scheme may use, separated by commas. Files are never among them.
    static func protocols(for scheme: String) -> String {
        let all = everyProtocol(for: scheme)
        // Without verification, no TLS.
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
