import Yams

/// Collector of what reading a configuration finds: problems, labels to check against the model, and positions of
/// values.
final class DiagnosticContext {
    /// Label or group that the configuration names, and its position.
    struct LabelMention: Equatable, Sendable {
        let name: String
        let place: Place
        /// Whether it is a member of a group. A member cannot be a group itself.
        let isMember: Bool
    }

    /// Key that the file contains, the values it allows, and its line.
    struct Found: Equatable {
        let key: String
        let wanted: String
        let line: Int
    }

    let file: String
    private var list: [ConfigurationProblem] = []
    private(set) var found: [Found] = []
    var labels: [LabelMention] = []
    /// Positions of values by their full keys, for checks that follow.
    var places: [String: Place] = [:]
    /// Every key that was read, with its description; `nil` if no reference is wanted.
    private(set) var reference: [ConfigurationReference.Entry]?

    /// - Parameter describesKeys: whether ``reference`` is filled.
    init(file: String, describesKeys: Bool = false) {
        self.file = file
        reference = describesKeys ? [] : nil
    }

    // MARK: - Problems

    /// Problems that are listed. A file with more is no configuration.
    private static let most = 1000
    private var unlisted = 0

    /// Problems in the order of the file.
    var problems: [ConfigurationProblem] {
        var sorted = list.enumerated().sorted { ($0.element.place, $0.offset) < ($1.element.place, $1.offset) }.map(
            \.element)
        if unlisted > 0, let last = sorted.last {
            let text = "\(Self.most) problems are listed, \(unlisted) more are not"
            sorted.append(ConfigurationProblem(file: file, place: last.place, severity: .error, text: text))
        }
        return sorted
    }

    func refuse(_ place: Place, _ text: @autoclosure () -> String) { add(place, .error, text) }

    func warn(_ place: Place, _ text: @autoclosure () -> String) { add(place, .warning, text) }

    private func add(_ place: Place, _ severity: ConfigurationProblem.Severity, _ text: () -> String) {
        guard list.count < Self.most else { return unlisted += 1 }
        list.append(ConfigurationProblem(file: file, place: place, severity: severity, text: text()))
    }

    /// Reports a value that is not allowed.
    ///
    /// - Parameter wanted: values that are allowed.
    func refuse(_ entry: Section.Entry, wanted: String, isShown: Bool = true, hint: String? = nil) {
        let name = ShownText.quoted(entry.key)
        let shown = isShown || entry.value.isNull ? " \(entry.value.shown); it" : ""
        let suggestion = hint.map { "; did you mean \($0)?" } ?? ""
        // An absent value has no position of its own.
        refuse(entry.value.isNull ? entry.place : entry.value.place, "\(name)\(shown) must be \(wanted)\(suggestion)")
    }

    // MARK: - Values

    /// Returns the value of a key, or reports why there is none.
    func value<Value>(_ entry: Section.Entry, _ parser: ValueParser<Value>) -> Value? {
        if let refusal = entry.value.refusal {
            refuse(entry.value.place, refusal)
            return nil
        }
        if !entry.value.isNull, let value = parser.read(entry.value) { return value }
        let hint = parser.isShown ? entry.value.text.flatMap(parser.hint) : nil
        refuse(entry, wanted: parser.wanted, isShown: parser.isShown, hint: hint)
        return nil
    }

    func section(_ node: Node?, path: String, place: Place, _ body: (Section) -> Void) {
        let section = Section(node, path: path, place: place, diagnostics: self)
        body(section)
        section.refuseUnknownKeys()
    }

    /// Records a key that is being read.
    ///
    /// - Parameter entry: its place in the file; `nil` if the file does not contain it.
    func note(_ key: @autoclosure () -> ConfigurationReference.Entry, _ entry: Section.Entry?) {
        guard entry != nil || reference != nil else { return }
        let key = key()
        describe(key)
        guard let entry else { return }
        found.append(Found(key: key.path, wanted: key.values, line: entry.place.line))
        places[key.path] = entry.value.place
    }

    /// Adds a key to the reference, if one is wanted.
    func describe(_ key: @autoclosure () -> ConfigurationReference.Entry) {
        guard reference != nil, case let key = key(), !(reference ?? []).contains(where: { $0.path == key.path }) else {
            return
        }
        reference?.append(key)
    }
}
