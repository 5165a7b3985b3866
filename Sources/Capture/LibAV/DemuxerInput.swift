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
