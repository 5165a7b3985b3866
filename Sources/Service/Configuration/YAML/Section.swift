import Basics
import Events
import Yams

/// Mapping of the file. The readers ask it for one key after the other; it reports the keys that nobody asked for.
final class Section {
    /// Key with its value.
    struct Entry {
        let key: String
        let place: Place
        let value: Node
    }

    /// Keys from the top of the file to this mapping: `events.log`.
    let path: String
    /// Position of the mapping.
    let place: Place
    let diagnostics: DiagnosticContext
    private let entries: [Entry]
    private var asked: [String] = []
    private var askedOld: [String] = []

    /// - Parameter node: a mapping; anything else counts as an empty mapping.
    init(_ node: Node?, path: String, place: Place, diagnostics: DiagnosticContext) {
        self.path = path
        self.place = place
        self.diagnostics = diagnostics
        entries = Self.entries(node?.mapping, diagnostics)
    }

    /// Reports duplicate keys, and keeps the first of each.
    private static func entries(_ mapping: Node.Mapping?, _ diagnostics: DiagnosticContext) -> [Entry] {
        var entries: [Entry] = []
        var places: [String: Place] = [:]
        for (key, value) in mapping ?? Node.Mapping([]) {
            if let refusal = key.refusal {
                diagnostics.refuse(key.place, refusal)
            } else if let name = key.text {
                if let first = places[name] {
                    diagnostics.refuse(
                        key.place, "duplicate key \(ShownText.quoted(name)); the first is in line \(first.line)")
                } else {
                    places[name] = key.place
                    entries.append(Entry(key: name, place: key.place, value: value))
                }
            } else {
                diagnostics.refuse(key.place, "a key must be a word, not a mapping or a list")
            }
        }
        return entries
    }

    // MARK: - Keys with fixed names

    private func path(of key: String) -> String { path.isEmpty ? key : "\(path).\(key)" }

    private func find(_ key: String) -> Entry? { entries.first { $0.key == key } }

    /// Returns the entry of a key, also if the file has the key's old name: then with a warning. Both names at once are
    /// an error.
    private func find(_ key: String, oldName: String?) -> Entry? {
        asked.append(key)
        let entry = find(key)
        guard let oldName else { return entry }
        askedOld.append(oldName)
        guard let old = find(oldName) else { return entry }
        if let entry {
            diagnostics.refuse(
                old.place,
                "\"\(oldName)\" is the old name of \"\(key)\", which is in line \(entry.place.line); remove one of them"
            )
            return entry
        }
        diagnostics.warn(old.place, "\"\(oldName)\" is the old name of this key; it is now \"\(key)\"")
        return old
    }

    /// Returns the entry of a key, if the file contains it.
    ///
    /// - Parameter value: what the setting has been so far, which is the default in the reference.
    func entry<Value>(_ key: Key<Value>, value: Value) -> Entry? {
        let entry = find(key.name, oldName: key.oldName)
        diagnostics.note(
            ConfigurationReference.Entry(
                path: path(of: key.name), values: key.values.wanted, initial: key.values.text(value),
                meaning: key.meaning, oldName: key.oldName),
            entry)
        return entry
    }

    /// Returns the position of a key, if the file contains it. The key does not count as asked for.
    func place(of key: String) -> Place? { find(key)?.place }

    /// Returns the position of a key's value, if the file contains it. The key does not count as asked for.
    func valuePlace(of key: String) -> Place? { find(key).map { $0.value.isNull ? $0.place : $0.value.place } }

    /// Reads a value, if the file contains the key. A value that is refused is reported, and changes nothing.
    ///
    /// - Returns: whether there was a valid one.
    @discardableResult
    func read<Value>(_ key: Key<Value>, into value: inout Value) -> Bool {
        guard let entry = entry(key, value: value), let found = diagnostics.value(entry, key.values) else {
            return false
        }
        value = found
        return true
    }

    /// Reads a mapping. If the file does not contain it, it is read as an empty one.
    ///
    /// - Parameter otherwise: tries a value that is no mapping, and returns whether it is valid.
    func section(_ key: SectionKey, otherwise: (Entry) -> Bool = { _ in false }, _ body: (Section) -> Void) {
        let path = path(of: key.name)
        let entry = find(key.name, oldName: nil)
        if let refusal = entry?.value.refusal { return diagnostics.refuse(entry?.value.place ?? place, refusal) }
        diagnostics.note(
            ConfigurationReference.Entry(
                path: path, values: key.values, initial: key.initial, meaning: key.meaning, oldName: nil),
            entry)
        guard let entry else { return diagnostics.section(nil, path: path, place: place, body) }
        // A mapping whose keys are all comments is null.
        if entry.value.mapping != nil || entry.value.isNull {
            diagnostics.section(entry.value, path: path, place: entry.place, body)
        } else if !otherwise(entry) {
            diagnostics.refuse(entry, wanted: key.values)
        }
    }

    // MARK: - Keys that are names

    /// Returns all entries. None of their keys is unknown.
    ///
    /// - Parameter most: limit of entries. Nobody writes more, and reading them would take too long.
    func names(most: Int = 1000) -> [Entry] {
        asked += entries.map(\.key)
        guard entries.count > most else { return entries }
        diagnostics.refuse(
            entries[most].place, "there are \(entries.count) names in \"\(path)\"; at most \(most) are allowed")
        return Array(entries.prefix(most))
    }

    /// Reads the value of an entry whose key is a name.
    func value<Value>(_ entry: Entry, _ key: Key<Value>) -> Value? {
        describe(key)
        return diagnostics.value(entry, key.values)
    }

    /// Reads the mapping of an entry whose key is a name.
    func named(_ entry: Entry, _ key: SectionKey, _ body: (Section) -> Void) {
        if let refusal = entry.value.refusal { return diagnostics.refuse(entry.value.place, refusal) }
        guard entry.value.mapping != nil else { return diagnostics.refuse(entry, wanted: key.values) }
        describe(key.values, key.meaning)
        diagnostics.section(entry.value, path: path + ".*", place: entry.place, body)
    }

    /// Adds the names of this mapping to the reference.
    func describe<Value>(_ key: Key<Value>) { describe(key.values.wanted, key.meaning) }

    private func describe(_ values: String, _ meaning: String) {
        diagnostics.describe(
            ConfigurationReference.Entry(
                path: path + ".*", values: values, initial: nil, meaning: meaning, oldName: nil))
    }

    /// Reports the keys that nobody asked for.
    func refuseUnknownKeys() {
        let known = Set(asked + askedOld)
        for entry in entries where !known.contains(entry.key) {
            diagnostics.refuse(entry.place, Self.unknown(entry.key, known: asked))
        }
    }

    private static func unknown(_ key: String, known: [String]) -> String {
        if key == "<<" {
            return "merge keys (<<) are not supported; put the settings that sources share under \"defaults\""
        }
        let hint = nearestNames(to: key.lowercased(), among: Set(known)).first.map { "did you mean \"\($0)\"?" }
        return "unknown key \(ShownText.quoted(key)); " + (hint ?? "known keys: \(known.joined(separator: ", "))")
    }
}
