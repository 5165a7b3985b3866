import Events
import Watch
import Yams

/// Reader of target labels, and of the thresholds and times at which their events start and end.
struct DetectionSettingsReader {
    let diagnostics: DiagnosticContext

    func read(_ section: Section, into settings: inout DetectionSettings) {
        section.read(Keys.Detection.enter, into: &settings.enter)
        section.read(Keys.Detection.leave, into: &settings.leave)
        section.read(Keys.Detection.hold, into: &settings.holdTime)
        section.read(Keys.Detection.clearAfter, into: &settings.clearDelay)
        section.read(Keys.Detection.minimumGap, into: &settings.minimumGap)
        section.read(Keys.Detection.maximumLength, into: &settings.maximumLength)
        section.read(Keys.Detection.update, into: &settings.update)
        section.readLabels(Keys.Detection.labels, or: "all", into: &settings.labels)
        section.readLabels(Keys.Detection.ignore, or: "none", into: &settings.ignore)
        section.section(Keys.Detection.overrides) { overrides in
            for entry in overrides.names() {
                diagnostics.labels.append(.init(name: entry.key, place: entry.place, isMember: false))
                overrides.named(entry, Keys.Detection.override) {
                    read($0, into: &settings.overrides[entry.key, default: .init()])
                    readSize($0, into: &settings.overrides[entry.key, default: .init()].size)
                }
            }
        }
    }

    /// Reads the limits of the size of a label's objects.
    private func readSize(_ section: Section, into size: inout SizeFilter) {
        section.read(Keys.Detection.minimumArea, into: &size.minimumArea)
        section.read(Keys.Detection.maximumArea, into: &size.maximumArea)
        section.read(Keys.Detection.minimumRatio, into: &size.minimumRatio)
        section.read(Keys.Detection.maximumRatio, into: &size.maximumRatio)
    }

    /// Reads the settings of a label or a region, which inherits the others.
    func read(_ section: Section, into changes: inout DetectionSettings.Changes) {
        section.read(Keys.Detection.ownEnter, into: &changes.enter)
        section.read(Keys.Detection.ownLeave, into: &changes.leave)
        section.read(Keys.Detection.hold.inherited, into: &changes.holdTime)
        section.read(Keys.Detection.clearAfter.inherited, into: &changes.clearDelay)
        section.read(Keys.Detection.minimumGap.inherited, into: &changes.minimumGap)
        section.read(Keys.Detection.ownMaximumLength, into: &changes.maximumLength)
    }
}

// MARK: - Lists of labels

extension Section {
    /// Reads a list of labels. An empty list is refused: nothing is easily mistaken for everything.
    ///
    /// - Parameter word: stands for the empty list.
    func readLabels(_ key: Key<[String]>, or word: String, into labels: inout [String]) {
        guard let entry = entry(key, value: labels) else { return }
        if entry.value.text == word {
            labels = []
        } else if let found = self.labels(entry, key.values.wanted, areMembers: false) {
            labels = found
        }
    }

    /// Reads a list of labels of a second model, which are not checked against those of the first.
    func readOtherLabels(_ key: Key<[String]>, or word: String, into labels: inout [String]) {
        let known = diagnostics.labels.count
        readLabels(key, or: word, into: &labels)
        diagnostics.labels.removeSubrange(known...)
    }

    /// Reads a list of labels that is inherited if the file does not contain it.
    func readLabels(_ key: Key<[String]?>, or word: String, into labels: inout [String]?) {
        guard let entry = entry(key, value: labels) else { return }
        if entry.value.text == word {
            labels = []
        } else {
            labels = self.labels(entry, key.values.wanted, areMembers: false) ?? labels ?? []
        }
    }

    /// Reads the list of labels behind a name.
    func labels(_ entry: Entry, _ key: Key<[String]>, areMembers: Bool) -> [String]? {
        describe(key)
        return labels(entry, key.values.wanted, areMembers: areMembers)
    }

    /// Reads a list of labels. Whether they exist is checked when the model is known.
    ///
    /// - Parameter areMembers: whether they are the members of a group.
    /// - Returns: `nil` if there is no such list, which is reported.
    private func labels(_ entry: Entry, _ wanted: String, areMembers: Bool) -> [String]? {
        if let refusal = entry.value.refusal {
            diagnostics.refuse(entry.value.place, refusal)
            return nil
        }
        guard case .sequence(let list) = entry.value, !list.isEmpty else {
            let text = entry.value.isNull ? nil : entry.value.text
            let single = text.flatMap { $0.isEmpty ? nil : "[\(ShownText.plain($0))]" }
            diagnostics.refuse(entry, wanted: wanted, hint: single)
            return nil
        }
        return list.compactMap { label($0, in: entry, isMember: areMembers) }
    }

    private func label(_ node: Node, in entry: Entry, isMember: Bool) -> String? {
        if let refusal = node.refusal {
            diagnostics.refuse(node.place, refusal)
        } else if let name = node.text, !name.isEmpty {
            diagnostics.labels.append(.init(name: name, place: node.place, isMember: isMember))
            return name
        } else {
            let place = node.isNull ? entry.value.place : node.place
            diagnostics.refuse(place, "each label in \(ShownText.quoted(entry.key)) must be one or more words")
        }
        return nil
    }
}
