/// How a network stream is received.
public struct StreamOptions: Equatable, Sendable {
    /// What carries the pictures of an RTSP stream.
    public enum Transport: String, CaseIterable, Sendable {
        /// Nothing is lost, and it passes every firewall.
        case tcp
        /// What is lost is lost, but nothing waits for it.
        case udp
    }

    /// What carries the pictures of an RTSP stream.
    public var transport: Transport
    /// How many seconds it may take to connect and to find out what is sent.
    public var connectTimeout: Double
    /// For how many seconds no picture may come. Streams that come in segments (HLS, DASH) have
    /// ``segmentFactor`` times as long: a segment is as long as ten seconds, and comes at once.
    public var readTimeout: Double
    /// Whether to leave out the filter that hides the edges of blocks: decoding takes less time, and a
    /// picture that is made small hardly shows the difference.
    public var skipsLoopFilter: Bool
    /// Which video is taken, of a stream that has several (HLS has one for each quality).
    public var selection: VideoSelection

    public init(
        transport: Transport = .tcp, connectTimeout: Double = 10, readTimeout: Double = 5,
        skipsLoopFilter: Bool = false, selection: VideoSelection = .best
    ) {
        self.transport = transport
        self.connectTimeout = connectTimeout
        self.readTimeout = readTimeout
        self.skipsLoopFilter = skipsLoopFilter
        self.selection = selection
    }

    static let segmentFactor = 6.0

    /// Seconds of a stream that are looked at to find out what is in it.
    static let analysisSeconds = 2.0

    /// Everything that an address of a scheme may lead to. A stream must not make us open files.
    static func protocols(for scheme: String) -> String {
        switch scheme {
        case "rtsp", "rtsps", "rtp": "rtsp,rtp,rtcp,udp,tcp,tls,crypto,http,https"
        case "http", "https": "http,https,tcp,tls,crypto,data"
        case "rtmp", "rtmps": "rtmp,rtmps,tcp,tls,crypto,http,https"
        default: scheme
        }
    }
}
