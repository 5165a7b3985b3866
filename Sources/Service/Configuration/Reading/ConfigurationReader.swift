import Capture
import Events
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
        section.section(Keys.classify) { readSecondStage($0, into: &configuration.classify) }
        section.read(Keys.workers, into: &configuration.workers)
        readGroups(section, into: &configuration.groups)
        section.section(Keys.log) { log in
            log.read(Keys.Log.level, into: &configuration.log.level)
            log.read(Keys.Log.repetition, into: &configuration.log.repetition)
        }
        section.section(Keys.events) { section in
            for sink in SinkFactories.all { sink.read(section, into: &configuration.events) }
        }
        section.read(Keys.state, into: &configuration.state)
        section.section(Keys.metrics) { metrics in
            metrics.read(Keys.Metrics.listen, into: &configuration.metrics.listen)
            metrics.read(Keys.Metrics.textfile, into: &configuration.metrics.textfile)
            metrics.read(Keys.Metrics.interval, into: &configuration.metrics.interval)
        }
        configuration.snapshots = readSnapshots(section)
        readSources(section, into: &configuration)
        Combinations(diagnostics: diagnostics).check(configuration)
    }

    private func readSecondStage(_ section: Section, into stage: inout SecondStage) {
        var model = "auto"
        section.read(Keys.Classify.model, into: &model)
        stage = SecondStage(text: model)
        section.readOtherLabels(Keys.Classify.labels, or: "all", into: &stage.labels)
        section.section(
            Keys.Classify.relabel,
            otherwise: { entry in
                if entry.value.isOff { stage.corrections = .none }
                return entry.value.isOff || entry.value.text == "auto"
            },
            { labels in
                var entries: [LabelCorrections.Entry] = []
                for label in labels.names(most: 64) {
                    labels.named(label, Keys.Classify.label) { scores in
                        for entry in scores.names(most: 64) {
                            guard let score = scores.value(entry, Keys.Classify.score) else { continue }
                            entries.append(
                                LabelCorrections.Entry(
                                    label: label.key, contradiction: entry.key, threshold: score))
                        }
                    }
                }
                if !entries.isEmpty { stage.corrections = LabelCorrections(entries) }
            })
    }

    /// - Returns: `nil` if no images are written.
    private func readSnapshots(_ section: Section) -> SnapshotSettings? {
        var snapshots: SnapshotSettings?
        section.section(
            Keys.snapshots,
            otherwise: { entry in
                guard let path = ValueParser.path.optional("off").read(entry.value) else { return false }
                snapshots = path.map { SnapshotSettings(folder: $0, retention: Configuration.snapshotRetention) }
                return true
            },
            { section in
                var folder: String?
                var retention = Configuration.snapshotRetention
                section.read(Keys.Snapshots.folder, into: &folder)
                section.read(Keys.Snapshots.keep, into: &retention.keep)
                section.read(Keys.Snapshots.maximumAge, into: &retention.maxAge)
                section.read(Keys.Snapshots.freeSpace, into: &retention.freeSpace)
                snapshots = folder.map { SnapshotSettings(folder: $0, retention: retention) }
            })
        return snapshots
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

extension Section {
    /// Reads a mapping in whose place there can be `off`.
    ///
    /// - Returns: whether it is on.
    func switchable(_ key: SectionKey, _ body: (Section) -> Void) -> Bool {
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
