/// Key of the configuration file: its name, the values it allows, and its meaning.
///
/// The readers, the messages of `lookout check` and docs/configuration.md all take them from here.
struct Key<Value: Sendable>: Sendable {
    let name: String
    /// Name in earlier versions. It still works, with a warning.
    let oldName: String?
    let values: ValueParser<Value>
    /// Sentences for the reference.
    let meaning: String

    init(_ name: String, formerly oldName: String? = nil, _ values: ValueParser<Value>, _ meaning: String) {
        self.name = name
        self.oldName = oldName
        self.values = values
        self.meaning = meaning
    }

    /// The same key in a section that inherits the values it does not contain.
    var inherited: Key<Value?> { Key<Value?>(name, formerly: oldName, values.inherited, meaning) }
}

/// Key whose value is a mapping, or a word in its place.
struct SectionKey: Sendable {
    let name: String
    /// Values that are allowed, in words that follow "it must be".
    let values: String
    /// Default for the reference; `nil` if there is none.
    let initial: String?
    /// Sentences for the reference.
    let meaning: String

    /// - Parameter values: a mapping, if nothing else is said.
    init(_ name: String, values: String = "a mapping", initial: String? = nil, _ meaning: String) {
        self.name = name
        self.values = values
        self.initial = initial
        self.meaning = meaning
    }
}

/// Every key of the configuration file, by section.
enum Keys {}
