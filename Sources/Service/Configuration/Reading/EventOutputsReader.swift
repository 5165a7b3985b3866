import Yams

/// Reads where events go.
struct EventOutputsReader {
    func read(_ section: Section, into events: inout EventOutputs) {
        let day = 86_400.0
        var log = EventOutputs.EventLog()
        var hasLog = true
        section.section(
            "log", wanted: "off, or a mapping",
            otherwise: {
                hasLog = !$0.value.isOff; return !hasLog
            }
        ) { section in
            section.read("path", .path, into: &log.path)
            section.read(
                "rotate_size", ValueParser.size(10_000...1_000_000_000_000).optional("off"), into: &log.rotateSize)
            section.read("rotate_age", ValueParser.time(60...3650 * day).optional("off"), into: &log.rotateAge)
            section.read("keep", .count(0...10_000), into: &log.keep)
            section.read("max_age", ValueParser.time(60...3650 * day).optional("off"), into: &log.maximumAge)
            section.read(
                "free_space", ValueParser.size(1_000_000...1_000_000_000_000_000).optional("off"), into: &log.freeSpace)
            readSync(section, into: &log)
        }
        events.log = hasLog ? log : nil
        readSocket(section, into: &events)
        section.read("samples", ValueParser.path.optional("off"), into: &events.samples)
    }

    private func readSync(_ section: Section, into log: inout EventOutputs.EventLog) {
        let isKnown = section.read("fsync", .cases(), into: &log.sync) || section.place(of: "fsync") == nil
        section.read("fsync_interval", .time(0.1...3600), into: &log.syncInterval)
        guard isKnown, log.sync != .interval, let place = section.place(of: "fsync_interval") else { return }
        let text = "\"fsync_interval\" is for \"fsync: interval\", and \"fsync\" is \(log.sync.rawValue)"
        section.reading.refuse(place, text)
    }

    private func readSocket(_ section: Section, into events: inout EventOutputs) {
        var socket = EventOutputs.EventSocket()
        var hasSocket = true
        section.section(
            "socket", wanted: "off, or a mapping",
            otherwise: {
                hasSocket = !$0.value.isOff; return !hasSocket
            }
        ) { section in
            section.read("path", Self.socketPath, into: &socket.path)
            section.read("mode", Self.mode, into: &socket.mode)
            section.read("group", Self.group.optional("off"), into: &socket.group)
            section.read("backlog", .count(0...1_000_000), into: &socket.backlog)
            section.read("reader_buffer", .count(10...1_000_000), into: &socket.readerBuffer)
        }
        events.socket = hasSocket ? socket : nil
    }

    /// The address of a socket has room for 108 bytes, with the zero at its end.
    private static let socketPath = ValueParser.scalar("an absolute path of up to 107 bytes") { text in
        text.hasPrefix("/") && text.utf8.count <= 107 ? text : nil
    }

    private static let mode = ValueParser<UInt32>.scalar("permissions in octal digits, from \"0000\" to \"0777\"") {
        text in
        guard (3...4).contains(text.utf8.count), let mode = UInt32(text, radix: 8), mode <= 0o777 else { return nil }
        return mode
    }

    /// useradd(8), and what DynamicUser= makes of a unit's name.
    private static let group = ValueParser.scalar("the name of a group of users") { text in
        let isName = text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-_".contains($0)) }
        return isName && (1...32).contains(text.utf8.count) && text.first?.isNumber == false ? text : nil
    }
}
