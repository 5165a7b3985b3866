import Yams

/// What is gathered while a configuration is read: what is wrong with it, and what else has to be looked at when
/// there is a model, or a disk.
final class DiagnosticContext {
    /// A label or a group that is named, and where.
    struct LabelMention: Equatable, Sendable {
        let name: String
        let place: Place
        /// Whether it is a part of a group, so that it cannot be one.
        let isMember: Bool
    }

    /// A key that is there, what it has to be, and where it stands.
    struct Found: Equatable {
        let key: String
        let wanted: String
        let line: Int
    }

    let file: String
    private var list: [ConfigurationProblem] = []
    /// Every key that was asked for, from the top of the file on.
    var known: Set<String> = []
    private(set) var found: [Found] = []
    var labels: [LabelMention] = []
    /// Where keys stand whose values are looked at again, by their names from the top of the file on.
    var places: [String: Place] = [:]

    init(file: String) { self.file = file }

    /// In the order of the file.
    var problems: [ConfigurationProblem] {
        var sorted = list.enumerated().sorted { ($0.element.place, $0.offset) < ($1.element.place, $1.offset) }.map(
            \.element)
        if unlisted > 0, let last = sorted.last {
            let text = "and more; \(Self.most) are listed, \(unlisted) are not"
            sorted.append(ConfigurationProblem(file: file, place: last.place, severity: .error, text: text))
        }
        return sorted
    }

    // MARK: - Complaints

    /// A file of which more is to be said is no configuration.
    private static let most = 1000
    private var unlisted = 0

    func refuse(_ place: Place, _ text: @autoclosure () -> String) { add(place, .error, text) }

    func warn(_ place: Place, _ text: @autoclosure () -> String) { add(place, .warning, text) }

    private func add(_ place: Place, _ severity: ConfigurationProblem.Severity, _ text: () -> String) {
        guard list.count < Self.most else { return unlisted += 1 }
        list.append(ConfigurationProblem(file: file, place: place, severity: severity, text: text()))
    }

    /// - Parameter wanted: what would be right.
    func refuse(_ entry: Section.Entry, wanted: String, isShown: Bool = true, hint: String? = nil) {
        let name = ShownText.quoted(entry.key)
        let shown = isShown || entry.value.isNull ? " \(entry.value.shown); it" : ""
        let text = "\(name)\(shown) has to be \(wanted)"
        // What is not there has no place of its own.
        refuse(
            entry.value.isNull ? entry.place : entry.value.place, text + (hint.map { "; did you mean \($0)?" } ?? ""))
    }

    // MARK: - Values

    /// The value behind a key. What is no such value is complained about.
    func value<Value>(_ entry: Section.Entry, _ kind: ValueParser<Value>) -> Value? {
        if let refusal = entry.value.refusal {
            refuse(entry.value.place, refusal)
            return nil
        }
        if !entry.value.isNull, let value = kind.read(entry.value) { return value }
        let hint = kind.isShown ? entry.value.text.flatMap(kind.hint) : nil
        refuse(entry, wanted: kind.wanted, isShown: kind.isShown, hint: hint)
        return nil
    }

    func section(_ node: Node?, path: String, place: Place, _ body: (Section) -> Void) {
        let section = Section(node, path: path, place: place, reading: self)
        body(section)
        section.complainAboutTheRest()
    }

    func note(_ key: String, _ wanted: String, _ entry: Section.Entry?) {
        guard let entry else { return }
        found.append(Found(key: key, wanted: wanted, line: entry.place.line))
        places[key] = entry.value.place
    }
}
