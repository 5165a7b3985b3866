import Capture
import Watch
import Yams

/// Reader of the whole file. ``SourceReader`` reads its sources.
///
/// A value that is refused counts as absent, so that everything else is checked, too.
struct ConfigurationReader {
    let diagnostics: DiagnosticContext

    init(_ diagnostics: DiagnosticContext) { self.diagnostics = diagnostics }

    func read(_ yaml: [UInt8]) -> Configuration {
        var configuration = Configuration()
        let start = Place(line: 1, column: 1)
        do {
            let node = try YAMLFile.read(yaml)
            guard node == nil || node?.mapping != nil || node?.isNull == true else {
                diagnostics.refuse(start, "the file must be a mapping, with a key at the beginning of each line")
                return configuration
            }
            diagnostics.section(node, path: "", place: start) { read($0, into: &configuration) }
        } catch {
            diagnostics.refuse(error.place, error.text)
        }
        return configuration
    }

    private func read(_ section: Section, into configuration: inout Configuration) {
        section.read(Keys.model, into: &configuration.model)
        section.read(Keys.workers, into: &configuration.workers)
        readGroups(section, into: &configuration.groups)
        section.section(Keys.log) { log in
            log.read(Keys.Log.level, into: &configuration.log.level)
            log.read(Keys.Log.repetition, into: &configuration.log.repetition)
        }
        section.section(Keys.events) { EventOutputsReader().read($0, into: &configuration.events) }
        section.read(Keys.state, into: &configuration.state)
        section.section(Keys.metrics) { metrics in
            metrics.read(Keys.Metrics.listen, into: &configuration.metrics.listen)
            metrics.read(Keys.Metrics.textfile, into: &configuration.metrics.textfile)
            metrics.read(Keys.Metrics.interval, into: &configuration.metrics.interval)
        }
        readSources(section, into: &configuration)
        Combinations(diagnostics: diagnostics).check(configuration)
    }

    private func readSources(_ section: Section, into configuration: inout Configuration) {
        let reader = SourceReader(diagnostics: diagnostics)
        var defaults = SourceDraft()
        section.section(Keys.defaults) { section in
            reader.read(section, into: &defaults)
            SourceCombinations(diagnostics: diagnostics).check(defaults: defaults.options, section)
        }
        configuration.defaults = defaults.options
        section.section(Keys.sources) { sources in
            for entry in sources.names() {
                if let source = reader.source(entry, in: sources, defaults: defaults) {
                    configuration.sources.append(source)
                }
            }
        }
    }

    private func readGroups(_ section: Section, into groups: inout Configuration.Groups) {
        section.section(
            Keys.groups,
            otherwise: { entry in
                guard let path = ValueParser.path.optional("off").read(entry.value) else { return false }
                groups = path.map { .file(path: $0) } ?? .none
                return true
            },
            { mapping in
                var listed: [String: [String]] = [:]
                for entry in mapping.names() {
                    listed[entry.key] = mapping.labels(entry, Keys.group, areMembers: true) ?? []
                }
                groups = listed.isEmpty ? .none : .listed(listed)
            })
    }
}

/// Reader of where events go.
struct EventOutputsReader {
    func read(_ section: Section, into events: inout EventOutputs) {
        var log = EventOutputs.EventLog()
        let hasLog = section.switchable(Keys.Outputs.log) { section in
            section.read(Keys.EventLog.path, into: &log.path)
            section.read(Keys.EventLog.rotateSize, into: &log.rotateSize)
            section.read(Keys.EventLog.rotateAge, into: &log.rotateAge)
            section.read(Keys.EventLog.keep, into: &log.keep)
            section.read(Keys.EventLog.maximumAge, into: &log.maximumAge)
            section.read(Keys.EventLog.freeSpace, into: &log.freeSpace)
            readFsync(section, into: &log)
        }
        events.log = hasLog ? log : nil
        var socket = EventOutputs.EventSocket()
        let hasSocket = section.switchable(Keys.Outputs.socket) { section in
            section.read(Keys.EventSocket.path, into: &socket.path)
            section.read(Keys.EventSocket.mode, into: &socket.mode)
            section.read(Keys.EventSocket.group, into: &socket.group)
            section.read(Keys.EventSocket.backlog, into: &socket.backlog)
            section.read(Keys.EventSocket.readerBuffer, into: &socket.readerBuffer)
        }
        events.socket = hasSocket ? socket : nil
        section.read(Keys.Outputs.samples, into: &events.samples)
    }

    private func readFsync(_ section: Section, into log: inout EventOutputs.EventLog) {
        var mode = Keys.FsyncMode.none
        var interval = EventOutputs.EventLog.standardFsyncInterval
        let isKnown = section.read(Keys.EventLog.fsync, into: &mode) || section.place(of: "fsync") == nil
        section.read(Keys.EventLog.fsyncInterval, into: &interval)
        log.fsync =
            switch mode {
            case .none: .none
            case .interval: .interval(interval)
            case .each: .each
            }
        guard isKnown, mode != .interval, let place = section.place(of: "fsync_interval") else { return }
        section.diagnostics.refuse(
            place, "\"fsync_interval\" applies only to \"fsync: interval\", and \"fsync\" is \(mode.rawValue)")
    }
}

extension Section {
    /// Reads a mapping in whose place there can be `off`.
    ///
    /// - Returns: whether it is on.
    fileprivate func switchable(_ key: SectionKey, _ body: (Section) -> Void) -> Bool {
        var isOn = true
        section(
            key,
            otherwise: { entry in
                isOn = !entry.value.isOff
                return !isOn
            }, body)
        return isOn
    }
}
