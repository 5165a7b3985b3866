import Basics
import Events
import Yams

/// A mapping of the file. It is asked for one key after the other, and knows in the end what is in it that
/// nobody asked for.
final class Section {
    /// A key, and what stands behind it.
    struct Entry {
        let key: String
        let place: Place
        let value: Node
    }

    /// Its keys from the top of the file on: `events.log`.
    let path: String
    /// Where it begins.
    let place: Place
    let reading: DiagnosticContext
    private let entries: [Entry]
    private var asked: [String] = []

    /// - Parameter node: a mapping; anything else is as a mapping without keys.
    init(_ node: Node?, path: String, place: Place, reading: DiagnosticContext) {
        self.path = path
        self.place = place
        self.reading = reading
        entries = Self.entries(node?.mapping, reading)
    }

    /// A key that is there again is complained about, and does not count.
    private static func entries(_ mapping: Node.Mapping?, _ reading: DiagnosticContext) -> [Entry] {
        var entries: [Entry] = []
        var places: [String: Place] = [:]
        for (key, value) in mapping ?? Node.Mapping([]) {
            if let refusal = key.refusal {
                reading.refuse(key.place, refusal)
            } else if let name = key.text {
                if let first = places[name] {
                    reading.refuse(
                        key.place, "\(ShownText.quoted(name)) is there twice; the first is in line \(first.line)")
                } else {
                    places[name] = key.place
                    entries.append(Entry(key: name, place: key.place, value: value))
                }
            } else {
                reading.refuse(key.place, "a key has to be a word, not a mapping or a list")
            }
        }
        return entries
    }

    // MARK: - Keys with fixed names

    /// What stands behind a key, if it is there.
    func entry(_ key: String) -> Entry? {
        asked.append(key)
        reading.known.insert(path.isEmpty ? key : "\(path).\(key)")
        return entries.first { $0.key == key }
    }

    /// Where a key stands, if it is there. It does not count as asked for.
    func place(of key: String) -> Place? { entries.first { $0.key == key }?.place }

    /// Where the value of a key stands, if it is there. It does not count as asked for.
    func valuePlace(of key: String) -> Place? {
        entries.first { $0.key == key }.map { $0.value.isNull ? $0.place : $0.value.place }
    }

    /// Reads a value, if it is there. What is no such value is complained about, and changes nothing.
    ///
    /// - Returns: whether there was one.
    @discardableResult
    func read<Value>(_ key: String, _ kind: ValueParser<Value>, into value: inout Value) -> Bool {
        let entry = entry(key)
        reading.note(path.isEmpty ? key : "\(path).\(key)", kind.wanted, entry)
        guard let entry, let found = reading.value(entry, kind) else { return false }
        value = found
        return true
    }

    /// Reads a mapping. If it is not there, it is read as one without keys, so that its keys are known.
    ///
    /// - Parameter otherwise: what is tried if something else is there: says whether it was of use.
    /// - Parameter wanted: what can be there, in words.
    func section(
        _ key: String, wanted: String = "a mapping", otherwise: (Entry) -> Bool = { _ in false },
        _ body: (Section) -> Void
    ) {
        let path = path.isEmpty ? key : "\(path).\(key)"
        guard let entry = entry(key) else { return reading.section(nil, path: path, place: place, body) }
        if let refusal = entry.value.refusal { return reading.refuse(entry.value.place, refusal) }
        reading.note(path, wanted, entry)
        // When all keys of a mapping are comments, nothing is left of it.
        if entry.value.mapping != nil || entry.value.isNull {
            reading.section(entry.value, path: path, place: entry.place, body)
        } else if !otherwise(entry) {
            reading.refuse(entry, wanted: wanted)
        }
    }

    // MARK: - Keys that are names

    /// All keys; none of them is unknown.
    ///
    /// - Parameter most: more are no configuration that somebody wrote, and would take too long.
    func names(most: Int = 1000) -> [Entry] {
        asked += entries.map(\.key)
        guard entries.count > most else { return entries }
        reading.refuse(entries[most].place, "there are \(entries.count) names in \"\(path)\"; there can be \(most)")
        return Array(entries.prefix(most))
    }

    /// Reads the mapping behind a name.
    func named(_ entry: Entry, wanted: String, _ body: (Section) -> Void) {
        if let refusal = entry.value.refusal { return reading.refuse(entry.value.place, refusal) }
        guard entry.value.mapping != nil else { return reading.refuse(entry, wanted: wanted) }
        reading.section(entry.value, path: path + ".*", place: entry.place, body)
    }

    /// Complains about the keys that nobody asked for.
    func complainAboutTheRest() {
        let known = Set(asked)
        for entry in entries where !known.contains(entry.key) {
            reading.refuse(entry.place, Self.unknown(entry.key, known: asked))
        }
    }

    private static func unknown(_ key: String, known: [String]) -> String {
        if key == "<<" { return "mappings are not merged (<<); what sources have in common goes under \"defaults\"" }
        let hint = nearestNames(to: key.lowercased(), among: Set(known)).first.map { "did you mean \"\($0)\"?" }
        return "unknown key \(ShownText.quoted(key)); " + (hint ?? "there is \(known.joined(separator: ", "))")
    }
}
