import Capture
import Watch
import Yams

/// Reads what is said of everything, and hands what is said of sources to ``SourceReader``.
///
/// A value that is wrong is as one that is not there: so everything else is looked at, too.
struct ConfigurationReader {
    let reading: DiagnosticContext

    init(_ reading: DiagnosticContext) { self.reading = reading }

    func read(_ yaml: [UInt8]) -> Configuration {
        var configuration = Configuration()
        do {
            let node = try YAMLFile.read(yaml)
            guard node == nil || node?.mapping != nil || node?.isNull == true else {
                reading.refuse(
                    Place(line: 1, column: 1), "the file has to be a mapping, with a key at the beginning of each line")
                return configuration
            }
            reading.section(node, path: "", place: Place(line: 1, column: 1)) { read($0, into: &configuration) }
        } catch {
            reading.refuse(error.place, error.text)
        }
        return configuration
    }

    private func read(_ section: Section, into configuration: inout Configuration) {
        section.read("model", Self.model, into: &configuration.model)
        section.read("lanes", ValueParser.count(1...256).optional("auto"), into: &configuration.workers)
        readGroups(section, into: &configuration.groups)
        section.section("log") { log in
            log.read("level", .cases(), into: &configuration.log.level)
            log.read("repeat", .time(0...86_400), into: &configuration.log.repetition)
        }
        section.section("events") { EventOutputsReader().read($0, into: &configuration.events) }
        section.read("state", .path, into: &configuration.state)
        section.section("metrics") { metrics in
            metrics.read("listen", Self.endpoint.optional("off"), into: &configuration.metrics.listen)
            metrics.read("textfile", ValueParser.path.optional("off"), into: &configuration.metrics.textfile)
            metrics.read("interval", .time(1...3600), into: &configuration.metrics.interval)
        }
        readSources(section, into: &configuration)
        Combinations(reading: reading).check(configuration)
    }

    private func readSources(_ section: Section, into configuration: inout Configuration) {
        let reader = SourceReader(reading: reading)
        var defaults = SourceDraft()
        section.section("defaults") { section in
            reader.read(section, into: &defaults)
            SourceCombinations(reading: reading).check(defaults: defaults.options, section)
        }
        configuration.defaults = defaults.options
        section.section("sources", wanted: "a mapping with the names of sources") { sources in
            for entry in sources.names() {
                if let source = reader.source(entry, in: sources, defaults: defaults) {
                    configuration.sources.append(source)
                }
            }
        }
    }

    /// A file, or groups and their labels.
    private func readGroups(_ section: Section, into groups: inout Configuration.Groups) {
        let path = ValueParser.path.optional("off")
        let wanted = "off, the absolute path of a file, or a mapping with lists of labels"
        section.section(
            "groups", wanted: wanted,
            otherwise: { entry in
                guard let path = path.read(entry.value) else { return false }
                groups = path.map { .file(path: $0) } ?? .none
                return true
            },
            { mapping in
                var listed: [String: [String]] = [:]
                for entry in mapping.names() { listed[entry.key] = reading.labels(entry, areMembers: true) ?? [] }
                groups = listed.isEmpty ? .none : .listed(listed)
            })
    }

    private static let model = ValueParser.scalar("the name of a model, or an absolute path") { text in
        let isName =
            !text.isEmpty && text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-_.".contains($0)) }
        return isName || ValueParser.path.read(Node(text)) != nil ? text : nil
    }

    /// Anything but this machine's own addresses would show to the network what cameras see.
    private static let endpoint = ValueParser<Configuration.Metrics.Endpoint>.scalar(
        "a port of this machine's own, as 127.0.0.1:9190, or unix: and an absolute path"
    ) { text in
        if text.hasPrefix("unix:/") { return .unixSocket(path: String(text.dropFirst(5))) }
        guard let colon = text.lastIndex(of: ":") else { return nil }
        let number = Node(String(text[text.index(after: colon)...]))
        guard let port = ValueParser.count(1...65_535).read(number) else { return nil }
        let host = ["127.0.0.1": "127.0.0.1", "localhost": "localhost", "[::1]": "::1"][String(text[..<colon])]
        return host.map { .loopback(host: $0, port: port) }
    }
}

extension ValueParser where Value: CaseIterable & RawRepresentable, Value.RawValue == String {
    /// One of the cases.
    static func cases() -> ValueParser { .choice(Value.allCases.map { ($0.rawValue, $0) }) }
}
