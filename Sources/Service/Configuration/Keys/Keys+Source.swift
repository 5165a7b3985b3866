import Basics
import Capture
import Watch
import Yams

/// Keys of a source. All but the first three stand in the defaults, too.
extension Keys {
    enum Source {
        static let name = SectionKey(
            "*", values: "an address, or a mapping with \"address\"",
            "A source: its address alone, or a mapping with the keys below and all keys of `defaults`. A name has "
                + "up to 64 letters, digits, `-`, `_` and `.`.")
        static let address = Key(
            "address", .sourceAddress,
            "The address: the URL of a stream (rtsp, rtsps, http, https, rtmp, rtmps, srt, tcp, udp, rtp), the device of "
                + "a camera (`/dev/video0`), or `file:/PATH`. A file plays in real time; with `?loop` behind it, "
                + "again and again.")
        static let enabled = Key("enabled", .flag, "Whether the source is watched.")
        static let credentials = Key(
            "credentials", .credentialName,
            "The user name and password, in a file with one line, `user:password`. A credential is a file that systemd "
                + "passes to the service with `LoadCredential=`.")

        static let fps = Key(
            "fps", .sampling,
            "Frames that are sampled per second. `key` samples key frames only, "
                + "and decodes no others.")
        static let fit = Key(
            "fit", ValueParser<Fit>.cases(),
            "How a frame is fitted to the model's input: `squash` stretches it, `crop` takes the centre, `pad` adds bars."
        )
        static let grace = Key(
            "grace", .duration(0...3600), "How long a source may be away before it is reported lost.")
        static let frozenAfter = Key(
            "frozen_after", ValueParser.duration(0...86_400).or("off", 0),
            "How long frames may repeat bit for bit before the source is reported frozen. `0` is the same as `off`.")
        static let retry = SectionKey("retry", "When a source that failed is opened again.")
        static let connectTimeout = Key(
            "connect_timeout", .duration(0.1...3600), "Connect timeout of a stream.")
        static let readTimeout = Key(
            "read_timeout", .duration(0.1...3600),
            "Read timeout. The connection is closed when no frame arrives for this long; for streams in segments (HLS, "
                + "DASH), for six times as long. It applies to pipes, too.")
        static let transport = Key(
            "transport", ValueParser<StreamOptions.Transport>.cases(), "The transport of RTSP streams.")
        static let videoStream = Key(
            "video_stream", ValueParser.integer(0...1000).optional("auto"),
            "Which video of a stream with several. `auto` is the smallest that covers the model's input.")
        static let maximumFrameSize = Key(
            "max_frame_size", .frameSize,
            "The largest frames that are decoded. The buffers of a decoder may take as much memory as eight of them. A "
                + "stream that needs more is refused; other sources are not affected.")
        static let tls = SectionKey(
            "tls",
            "How the server of an encrypted stream (rtsps, https, rtmps) is verified; one of the three keys. By "
                + "default, the certificate must match the host name and be signed by an authority that this machine "
                + "trusts.")
        static let skipLoopFilter = Key(
            "skip_loop_filter", .flag,
            "Whether the decoder skips the loop filter, which saves time and may show blocks.")
        static let camera = SectionKey(
            "camera", "Settings of a camera of this machine. `lookout cameras` lists what it supports.")
    }

    enum Retry {
        static let first = Key("first", .duration(0.01...3600), "The first wait. Every further wait is longer.")
        static let longest = Key(
            "longest", .duration(0.01...3600), "The longest wait for a source that has been connected before.")
        static let longestFirstConnect = Key(
            "first_connect_longest", .duration(0.01...3600),
            "The longest wait for a source that has never been connected.")
    }

    enum TLS {
        static let authorities = Key(
            "ca", ValueParser.path.optional("off"),
            "A PEM file with other certificate authorities, or with the server's own certificate.")
        static let fingerprint = Key(
            "fingerprint", ValueParser.fingerprint.optional("off"),
            "The server's certificate, whatever its name, age and signature. `lookout check --probe` prints the "
                + "fingerprint.")
        static let verify = Key(
            "verify", .flag,
            "Whether the server is verified. With `off`, any server that answers receives the password.")
    }

    enum Camera {
        static let format = Key(
            "format", ValueParser.pixelFormat.optional("auto"), "The pixel format. `auto` is the cheapest to decode.")
        static let size = Key(
            "size", ValueParser.frameDimensions.optional("auto"),
            "The frame size. `auto` is the smallest that covers the model's input.")
        static let rate = Key(
            "rate", ValueParser.number(0...1000, aboveLeast: true).optional("auto"),
            "Frames per second. `auto` is the lowest rate that is sufficient.")
        static let controls = SectionKey(
            "controls", values: "a mapping of names to values", "Controls, such as brightness.")
        static let control = Key("*", .controlValue, "The value of a control.")
    }
}

/// Keys of what is detected, and where.
extension Keys {
    enum Detection {
        private static let duration = ValueParser.duration(0...86_400)
        private static let positiveDuration = ValueParser.duration(0.001...86_400)

        private static let enterMeaning = "An event starts when the score reaches this threshold."
        static let enter = Key(
            "enter", ValueParser.number(0...1, aboveLeast: true).optional("auto"),
            enterMeaning + " `auto` is 0.4 for a model that gives labels, and 0.5 for one that detects objects.")
        static let ownEnter = Key("enter", ValueParser.number(0...1, aboveLeast: true).inherited, enterMeaning)
        private static let leaveMeaning = "An event ends when the score falls below this threshold."
        static let leave = Key(
            "leave", ValueParser.number(0...1).optional("auto"), leaveMeaning + " `auto` is three fifths of `enter`.")
        static let ownLeave = Key("leave", ValueParser.number(0...1).inherited, leaveMeaning)
        static let hold = Key(
            "hold", duration, "Hold time: how long the score must stay at or above `enter` for an event to start.")
        static let clearAfter = Key(
            "clear_after", formerly: "gone", duration,
            "Clear delay: how long the score must stay below `leave` for an event to end.")
        static let minimumGap = Key(
            "min_gap", duration, "Minimum time between the end of an event and the start of the next of the same label."
        )
        private static let lengthMeaning =
            "Maximum length of an event. It ends then, with the reason `max_length`, and another may start."
        static let maximumLength = Key("max_length", positiveDuration.optional("off"), lengthMeaning)
        static let ownMaximumLength = Key("max_length", positiveDuration.inherited, lengthMeaning)
        static let update = Key(
            "update", positiveDuration.optional("off"), "How often an open event is reported with an `update` record.")
        static let labels = Key<[String]>(
            "labels", .labelList(or: "all"), "Target labels: the labels and groups that events are made of.")
        static let ignore = Key<[String]>(
            "ignore", .labelList(or: "none"), "Labels and groups that no events are made of.")
        static let overrides = SectionKey(
            "overrides", values: "a mapping of labels or groups to settings",
            "Thresholds and times of single labels or groups.")
        static let override = SectionKey(
            "*", values: "a mapping with enter, leave, hold, clear_after, min_gap, max_length, or limits of the size",
            "A label or group, and the settings that differ for it.")
        private static let fraction = ValueParser.number(0...1).optional("off")
        private static let ratio = ValueParser.number(0...100).optional("off")
        static let minimumArea = Key(
            "min_area", fraction, "Objects with a smaller bounding box are not reported. A share of the frame.")
        static let maximumArea = Key(
            "max_area", fraction, "Objects with a larger bounding box are not reported. A share of the frame.")
        static let minimumRatio = Key(
            "min_ratio", ratio,
            "Objects whose bounding box has a smaller ratio of width to height, both as shares of the frame, are not "
                + "reported.")
        static let maximumRatio = Key("max_ratio", ratio, "The same for a larger ratio.")
    }

    enum Motion {
        static let motion = SectionKey(
            "motion", values: "on, off, or a mapping", initial: "on", "Whether frames without motion are skipped.")
        static let sensitivity = Key(
            "sensitivity", .number(0...1), "How little a pixel must change to count as motion. More is more sensitive.")
        static let minimumArea = Key(
            "minimum_area", .number(0...1), "The share of the frame that must change.")
        static let heartbeat = Key(
            "heartbeat", ValueParser.duration(0.001...86_400).optional("off"),
            "A frame is sampled after this time even without motion.")
        static let hold = Key(
            "hold", .duration(0...86_400),
            "How long frames are sampled after the last motion; at least a second longer than `clear_after`.")
        static let masks = SectionKey(
            "masks", values: "off, or a mapping of names to masks", initial: "off", "Areas in which motion is ignored.")
        static let mask = Key(
            "*", .polygon, "The corners of a mask, in normalized coordinates from the upper left corner.")
    }

    enum Region {
        static let regions = SectionKey(
            "regions", values: "off, or a mapping of names to regions", initial: "off",
            "Regions of the frame that are classified instead of the whole frame, each with its own events.")
        static let region = SectionKey("*", values: "a mapping with \"at\"", "A region.")
        static let area = Key(
            "at", .numbers(4, "four numbers from 0 to 1: [left, top, width, height]"),
            "The region, in normalized coordinates. Required.")
        static let labels = Key<[String]?>(
            "labels", ValueParser.labelList(or: "all").inherited, "Target labels of the region.")
        static let ignore = Key<[String]?>(
            "ignore", ValueParser.labelList(or: "none").inherited, "Labels and groups that are ignored in the region.")

        static let tiles = SectionKey(
            "tiles", values: "off, or a mapping with columns and rows", initial: "off",
            "A grid of equal regions, named `tile-ROW-COLUMN`.")
        static let columns = Key(
            "columns", .integer(1...TileGrid.most, default: nil), "How many tiles side by side. Required.")
        static let rows = Key(
            "rows", .integer(1...TileGrid.most, default: nil),
            "How many tiles one above the other. "
                + "Required.")
        static let overlap = Key(
            "overlap", .number(0...0.5), "The share of each tile that overlaps the next.")
    }
}

// MARK: - Values

extension ValueParser where Value == Int {
    /// Parser of integers without a default.
    fileprivate static func integer(_ range: ClosedRange<Int>, default: Int?) -> ValueParser {
        var parser = ValueParser.integer(range)
        parser.text = { _ in nil }
        return parser
    }
}

extension ValueParser where Value == String {
    /// Parser of a source's address as text; see ``SourceAddress``. It may contain a password.
    fileprivate static var sourceAddress: ValueParser {
        ValueParser(wanted: Names.addresses, isShown: false, read: { $0.text })
    }

    fileprivate static var controlValue: ValueParser {
        .scalar("a number, on, off, or the name of a choice") { $0.isEmpty ? nil : $0 }
    }
}

extension ValueParser where Value == String? {
    /// Parser of where credentials are. A password may have been written here by mistake.
    fileprivate static var credentialName: ValueParser {
        var parser = ValueParser<String>.scalar("the name of a credential, or the absolute path of a file") { text in
            Names.isName(text) || ValueParser<String>.path.read(Node(text)) != nil ? text : nil
        }
        parser.isShown = false
        var optional = parser.inherited
        optional.text = { _ in nil }
        return optional
    }
}

extension ValueParser where Value == [String] {
    /// Description of a list of labels. The list itself is read label by label.
    ///
    /// - Parameter word: stands for the empty list.
    static func labelList(or word: String) -> ValueParser {
        ValueParser(
            wanted: "a list of labels or groups, such as [cat, dog], or \(word)",
            text: { $0.isEmpty ? word : "[\($0.joined(separator: ", "))]" }, read: { _ in nil })
    }
}

extension ValueParser where Value == Sampling {
    fileprivate static var sampling: ValueParser {
        let rates = ValueParser<Double>.number(0...1000, aboveLeast: true)
        return ValueParser(
            wanted: rates.wanted, hint: rates.hint, text: { $0.rate.map { Units.text($0) } },
            read: { node in rates.read(node).map { .rate($0) } }
        ).or("all", .all).or("key", .keyFrames)
    }
}

extension ValueParser where Value == PixelSize {
    fileprivate static var frameDimensions: ValueParser {
        .scalar("a size like 640x480", text: { "\($0)" }) { PixelSize($0) }
    }

    fileprivate static var frameSize: ValueParser {
        .scalar("a size like 4096x2304, from 16x16 to 16384x16384", text: { "\($0)" }) { text in
            PixelSize(text).flatMap { size in
                (16...16_384).contains(size.width) && (16...16_384).contains(size.height) ? size : nil
            }
        }
    }
}

extension ValueParser where Value == FourCC {
    fileprivate static var pixelFormat: ValueParser {
        .scalar("a pixel format of four letters, such as YUYV", text: { "\($0)" }) { FourCC(name: $0) }
    }
}

extension ValueParser where Value == CertificateFingerprint {
    fileprivate static var fingerprint: ValueParser {
        .scalar("a SHA-256 fingerprint of 64 hexadecimal digits") { CertificateFingerprint($0) }
    }
}

extension ValueParser where Value == Polygon {
    fileprivate static var polygon: ValueParser {
        ValueParser(
            wanted: "a list of at least three points with coordinates from 0 to 1, "
                + "such as [[0, 0], [0.2, 0], [0.2, 1]]"
        ) { node in
            guard case .sequence(let list) = node else { return nil }
            let points = list.compactMap { ValueParser<[Double]>.numbers(2, "").read($0) }.map {
                Point(x: $0[0], y: $0[1])
            }
            let polygon = Polygon(points)
            return points.count == list.count && polygon.problem == nil ? polygon : nil
        }
    }
}
