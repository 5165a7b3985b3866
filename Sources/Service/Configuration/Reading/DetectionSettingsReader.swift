import Watch
import Yams

/// Reads what is looked for, and when it counts as seen.
struct DetectionSettingsReader {
    let reading: DiagnosticContext

    func read(_ section: Section, into rules: inout DetectionSettings) {
        section.read("enter", Self.enter, into: &rules.enter)
        section.read("leave", Self.leave.optional("auto"), into: &rules.leave)
        section.read("hold", Self.time, into: &rules.holdTime)
        section.read("gone", Self.time, into: &rules.clearDelay)
        section.read("update", ValueParser.time(0.001...86_400).optional("off"), into: &rules.update)
        readLabels(section, "labels", into: &rules.labels)
        readLabels(section, "ignore", into: &rules.ignore)
        section.section("overrides", wanted: "a mapping with labels or groups") { overrides in
            for entry in overrides.names() {
                reading.labels.append(.init(name: entry.key, place: entry.place, isMember: false))
                overrides.named(entry, wanted: "a mapping with enter, leave, hold or gone") {
                    read($0, into: &rules.overrides[entry.key, default: .init()])
                }
            }
        }
    }

    /// What is different for a label, or in a region.
    func read(_ section: Section, into changes: inout DetectionSettings.Changes) {
        section.read("enter", Self.enter.map(Optional.some), into: &changes.enter)
        section.read("leave", Self.leave.map(Optional.some), into: &changes.leave)
        section.read("hold", Self.time.map(Optional.some), into: &changes.holdTime)
        section.read("gone", Self.time.map(Optional.some), into: &changes.clearDelay)
    }

    /// Nothing is not everything: a list has something in it, or it says so in a word.
    func readLabels(_ section: Section, _ key: String, into labels: inout [String]) {
        let word = key == "labels" ? "all" : "none"
        let entry = section.entry(key)
        reading.note("\(section.path).\(key)", "\(DiagnosticContext.labelsWanted), or \(word)", entry)
        guard let entry else { return }
        if entry.value.text == word {
            labels = []
        } else if let found = reading.labels(entry, areMembers: false, or: word) {
            labels = found
        }
    }

    private static let enter = ValueParser.number(0...1, aboveLeast: true)
    private static let leave = ValueParser.number(0...1)
    private static let time = ValueParser.time(0...86_400)
}

extension DiagnosticContext {
    static let labelsWanted = "a list of labels or groups, as [cat, dog]"

    /// The labels in a list. Whether they exist is checked when there is a model.
    ///
    /// - Parameters:
    ///   - areMembers: whether they are the parts of a group.
    ///   - word: what can be there as well.
    /// - Returns: `nil` if there is no such list, which was complained about.
    func labels(_ entry: Section.Entry, areMembers: Bool, or word: String? = nil) -> [String]? {
        if let refusal = entry.value.refusal {
            refuse(entry.value.place, refusal)
            return nil
        }
        guard case .sequence(let list) = entry.value, !list.isEmpty else {
            let wanted = areMembers ? "a list of labels, as [tabby, lynx]" : Self.labelsWanted
            let single =
                entry.value.isNull ? nil : entry.value.text.flatMap { $0.isEmpty ? nil : "[\(ShownText.plain($0))]" }
            refuse(entry, wanted: wanted + (word.map { ", or " + $0 } ?? ""), hint: single)
            return nil
        }
        return list.compactMap { label($0, in: entry, isMember: areMembers) }
    }

    private func label(_ node: Node, in entry: Section.Entry, isMember: Bool) -> String? {
        if let refusal = node.refusal {
            refuse(node.place, refusal)
        } else if let name = node.text, !name.isEmpty {
            labels.append(LabelMention(name: name, place: node.place, isMember: isMember))
            return name
        } else {
            let place = node.isNull ? entry.value.place : node.place
            refuse(place, "each label in \(ShownText.quoted(entry.key)) has to be a word or several")
        }
        return nil
    }
}
