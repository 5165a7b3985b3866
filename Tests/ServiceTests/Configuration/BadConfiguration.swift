import Testing

@testable import Service

/// A configuration that is refused, and every line that has to be said of it, without the file's name.
struct BadConfiguration: CustomTestStringConvertible, Sendable {
    let yaml: String
    let lines: [String]

    init(_ yaml: String, _ lines: [String]) {
        self.yaml = yaml
        self.lines = lines
    }

    /// Its first line stands for it.
    var testDescription: String { yaml.split(separator: "\n").first.map(String.init) ?? "" }

    func check() {
        #expect(Self.lines(yaml + "\n") == lines.map { "lookout.yaml:" + $0 })
    }

    /// What is said of a configuration if it is refused; nothing if it is not.
    static func lines(_ yaml: String) -> [String] { lines(Array(yaml.utf8)) }

    static func lines(_ yaml: [UInt8]) -> [String] {
        do {
            _ = try ConfigurationFile(yaml: yaml, path: "lookout.yaml")
            return []
        } catch {
            return error.list.map(\.description)
        }
    }
}
