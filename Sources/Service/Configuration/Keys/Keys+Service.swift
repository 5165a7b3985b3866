import Capture

/// Keys of the service itself.
extension Keys {
    static let model = Key(
        "model", .modelName, "The model. `lookout model list` shows the models of this machine.")
    static let classify = SectionKey(
        "classify",
        "The second stage: a model that classifies the objects of a detector. Its votes give attributes to events, and "
            + "correct labels.")
    static let workers = Key(
        "workers", formerly: "lanes", ValueParser.integer(1...256).optional("auto"),
        "Inference workers: how many images are classified at the same time. `auto` is one per core.")
    static let groups = SectionKey(
        "groups", values: "off, an absolute path, or a mapping of names to lists of labels", initial: "off",
        "Label groups, each of which counts as one label. The path is that of a YAML file such as "
            + "`/usr/share/lookout/groups/imagenet.yaml`.")
    static let group = Key<[String]>(
        "*", ValueParser(wanted: "a list of labels, such as [tabby, lynx]", read: { _ in nil }),
        "The labels of a group. A label can be in one group. Labels that the model does not have are ignored, with a "
            + "warning.")
    static let log = SectionKey("log", "The service's own log, in the systemd journal.")
    static let events = SectionKey("events", "The outputs of events.")
    static let state = Key(
        "state", .path, "The folder that keeps the sequence number and the open events across restarts.")
    static let metrics = SectionKey("metrics", "Metrics for Prometheus.")
    static let snapshots = SectionKey(
        "snapshots", values: "off, an absolute path, or a mapping", initial: "off",
        "Images of objects: the best frame of each with its box, and a crop, as JPEG. The `end` event names the file. The "
            + "path is that of the folder.")
    static let defaults = SectionKey("defaults", "Settings for every source that does not set them itself.")
    static let sources = SectionKey("sources", values: "a mapping of names to sources", "The sources to watch.")

    enum Classify {
        static let model = Key(
            "model", .modelName,
            "The model. `auto` is the first published classifier of this machine; `off` is none.")
        static let labels = Key<[String]>(
            "labels", .labelList(or: "all"),
            "The labels of the classifier that may be attributes.")
        static let relabel = SectionKey(
            "relabel", values: "auto, off, or a mapping of the detector's labels", initial: "auto",
            "Labels that the classifier corrects. `auto` is `{person: {animal: 0.3}, vehicle: {bike: 0.3}}` for a detector "
                + "that knows no animals."
        )
        static let label = SectionKey("*", values: "a mapping of labels to scores", "A label of the detector.")
        static let score = Key(
            "*", ValueParser.number(0...1, aboveLeast: true),
            "The score from which a label of the classifier replaces that of the detector. `animal` stands for all "
                + "animals of ImageNet, and becomes `bird`, `cat` or `dog` where it is one. `bike` stands for all its "
                + "vehicles with two or three wheels.")
    }

    enum Snapshots {
        static let folder = Key(
            "folder", ValueParser.path.optional("off"),
            "The folder of the images, which is created if it does not exist. `off` writes none.")
        static let keep = Key(
            "keep", ValueParser.integer(1...1_000_000).optional("off"), "The images of how many objects are kept.")
        static let maximumAge = Key(
            "max_age", ValueParser.duration(60...3650 * 86_400).optional("off"), "Images are removed at this age.")
        static let freeSpace = Key(
            "free_space", ValueParser.size(1_000_000...1_000_000_000_000_000).optional("off"),
            "Images are removed, the oldest first, and no others are written, when less disk space than this is free.")
    }

    enum Log {
        static let level = Key(
            "level", ValueParser<Configuration.ProgramLog.Level>.cases(), "Messages below this level are not logged.")
        static let repetition = Key(
            "repeat", .duration(0...86_400), "How often an error that persists is logged again.")
    }

    enum Metrics {
        static let listen = Key(
            "listen", ValueParser.endpoint.optional("off"),
            "Where HTTP requests for `/metrics`, `/healthz` and "
                + "`/readyz` are answered.")
        static let textfile = Key(
            "textfile", ValueParser.path.optional("off"), "A file for node_exporter's textfile collector.")
        static let interval = Key("interval", .duration(1...3600), "How often `textfile` is written.")
    }
}

/// Keys of the outputs of events.
extension Keys {
    enum Outputs {
        static let log = SectionKey(
            "log", values: "off, or a mapping", "The event log: a file with an event record on each line.")
        static let socket = SectionKey(
            "socket", values: "off, or a mapping", "The Unix socket from which programs read events.")
        static let samples = Key(
            "samples", ValueParser.path.optional("off"),
            "A file for the five highest scores of every sample.")
    }

    enum EventLog {
        private static let ages = ValueParser.duration(60...3650 * 86_400)

        static let path = Key("path", .path, "The file.")
        static let rotateSize = Key(
            "rotate_size", ValueParser.size(10_000...1_000_000_000_000).optional("off"),
            "The log is rotated at this size. With `off`, use logrotate.")
        static let rotateAge = Key("rotate_age", ages.optional("off"), "The log is rotated at this age.")
        static let keep = Key("keep", .integer(0...10_000), "How many rotated files are kept.")
        static let maximumAge = Key("max_age", ages.optional("off"), "Rotated files are removed at this age.")
        static let freeSpace = Key(
            "free_space", ValueParser.size(1_000_000...1_000_000_000_000_000).optional("off"),
            "Rotated files are removed, the oldest first, when less disk space than this is free.")
        static let fsync = Key(
            "fsync", ValueParser<FsyncMode>.cases(),
            "When event records are forced to the disk, in case the power fails: `none` leaves it to the system, `each` "
                + "does it after every record.")
        static let fsyncInterval = Key(
            "fsync_interval", .duration(0.1...3600), "The interval of `fsync: interval`.")
    }

    /// Values of `fsync`.
    enum FsyncMode: String, CaseIterable {
        case none, interval, each
    }

    enum EventSocket {
        static let path = Key("path", .socketPath, "The path of the socket.")
        static let mode = Key("mode", .fileMode, "The permissions of the socket: who may connect.")
        static let group = Key(
            "group", ValueParser.userGroup.optional("off"),
            "The group that owns the socket. `off` is the service's own.")
        static let backlog = Key(
            "backlog", .integer(0...1_000_000), "How many events are kept for readers that ask for earlier events.")
        static let readerBuffer = Key(
            "reader_buffer", .integer(10...1_000_000),
            "How many events a reader may fall behind before it misses events.")
    }
}

// MARK: - Values

extension ValueParser where Value == String {
    fileprivate static var modelName: ValueParser {
        .scalar("the name of a model, or an absolute path", text: { $0 }) { text in
            let isName =
                !text.isEmpty && text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-_.".contains($0)) }
            return isName || ValueParser.path.read(.init(text)) != nil ? text : nil
        }
    }

    /// Parser of paths of sockets. `sockaddr_un` has room for 108 bytes, including the final zero.
    fileprivate static var socketPath: ValueParser {
        .scalar("an absolute path of up to 107 bytes", text: { $0 }) { text in
            text.hasPrefix("/") && text.utf8.count <= 107 ? text : nil
        }
    }

    /// Parser of names as useradd(8) and systemd's DynamicUser= make them.
    fileprivate static var userGroup: ValueParser {
        .scalar("the name of a user group", text: { $0 }) { text in
            let isName = text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-_".contains($0)) }
            return isName && (1...32).contains(text.utf8.count) && text.first?.isNumber == false ? text : nil
        }
    }
}

extension ValueParser where Value == UInt32 {
    fileprivate static var fileMode: ValueParser {
        .scalar("octal permissions from \"0000\" to \"0777\"", text: { "\"0\(String($0, radix: 8))\"" }) { text in
            guard (3...4).contains(text.utf8.count), let mode = UInt32(text, radix: 8), mode <= 0o777 else {
                return nil
            }
            return mode
        }
    }
}

extension ValueParser where Value == Configuration.Metrics.Endpoint {
    /// Parser of local addresses. Any other address would show to the network what cameras see.
    fileprivate static var endpoint: ValueParser {
        .scalar("a port of the loopback address, such as 127.0.0.1:9190, or unix: and an absolute path") { text in
            if text.hasPrefix("unix:/") { return .unixSocket(path: String(text.dropFirst(5))) }
            guard let colon = text.lastIndex(of: ":") else { return nil }
            let number = String(text[text.index(after: colon)...])
            guard let port = ValueParser<Int>.integer(1...65_535).read(.init(number)) else { return nil }
            let host = ["127.0.0.1": "127.0.0.1", "localhost": "localhost", "[::1]": "::1"][String(text[..<colon])]
            return host.map { .loopback(host: $0, port: port) }
        }
    }
}
