/// Reference of the configuration keys for docs/configuration.md, made from what the readers ask for.
package enum ConfigurationReference {
    /// Key with everything that the reference says of it.
    package struct Entry: Equatable, Sendable {
        /// Keys from the top of the file; `*` stands for a name.
        package let path: String
        /// Values that are allowed.
        package let values: String
        /// Default as the file has it; `nil` if there is none.
        package let initial: String?
        package let meaning: String
        /// Name in earlier versions.
        package let oldName: String?
    }

    /// Configuration with a name wherever there can be one, so that the readers ask for every key.
    private static let complete = """
        classify: {relabel: {NAME: {NAME: 0.5}}}
        groups: {NAME: [LABEL]}
        defaults:
          overrides: {NAME: {}}
          motion: {masks: {NAME: [[0, 0], [1, 0], [1, 1]]}}
          regions: {NAME: {at: [0, 0, 1, 1]}}
          zones: {NAME: {points: [[0, 0], [1, 0], [1, 1]]}}
          lines: {NAME: {from: [0, 0], to: [1, 1]}}
          object_masks: {NAME: [[0, 0], [1, 0], [1, 1]]}
          camera: {controls: {NAME: 1}}
        sources: {NAME: {address: rtsp://host/path}}
        """

    /// Default of a key whose value is that of the source.
    static let inherited = "inherited"

    /// Every key, in the order in which the readers ask for them. Keys of a source that stand in the defaults, too, are
    /// listed there only.
    package static func entries() -> [Entry] {
        let diagnostics = DiagnosticContext(file: "", describesKeys: true)
        _ = ConfigurationReader(diagnostics).read(Array(complete.utf8))
        let entries = diagnostics.reference ?? []
        let paths = Set(entries.map(\.path))
        return entries.filter { entry in
            let prefix = "sources.*."
            return !entry.path.hasPrefix(prefix) || !paths.contains("defaults." + entry.path.dropFirst(prefix.count))
        }
    }

    /// Tables in Markdown, one for each mapping of the file.
    package static func markdown() -> String {
        var tables: [(section: String, rows: [String])] = []
        for entry in entries() {
            let section = entry.path.split(separator: ".").dropLast().joined(separator: ".")
            let place = tables.firstIndex { $0.section == section } ?? tables.count
            if place == tables.count { tables.append((section, [])) }
            tables[place].rows.append(row(entry))
        }
        return tables.map { table in
            let title = table.section.isEmpty ? "Top level" : "`\(shown(table.section))`"
            return "### \(title)\n\n| key | value | default | meaning |\n|---|---|---|---|\n"
                + table.rows.map { $0 + "\n" }.joined()
        }.joined(separator: "\n")
    }

    private static func row(_ entry: Entry) -> String {
        let key = shown(entry.path.split(separator: ".").last.map(String.init) ?? "")
        let old = entry.oldName.map { " Formerly `\($0)`, which still works, with a warning." } ?? ""
        let initial = entry.initial.map { $0 == inherited ? "*\($0)*" : "`\($0)`" } ?? ""
        let cells = ["`\(key)`", value(entry.values), initial, entry.meaning + old]
        return "| " + cells.map { $0.replacing("|", with: "\\|") }.joined(separator: " | ") + " |"
    }

    /// Values without the article and the units, which the introduction explains.
    private static func value(_ text: String) -> String {
        let short = text.replacing(" (\(Units.ofTime))", with: "").replacing(" (\(Units.ofSize))", with: "")
        let article = ["a ", "an ", "the "].first { short.hasPrefix($0) } ?? ""
        return String(short.dropFirst(article.count))
    }

    private static func shown(_ path: String) -> String { path.replacing("*", with: "NAME") }
}
