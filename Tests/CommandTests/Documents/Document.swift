import Foundation
import Testing

/// Markdown document of the checkout, as far as tests need to understand it.
struct Document: CustomTestStringConvertible, Sendable {
    /// Fenced block of code.
    struct Block: Sendable {
        /// The word behind the opening fence, such as `sh`.
        var language: String
        var lines: [String]
    }

    /// Path from the top of the checkout.
    let path: String
    private(set) var blocks: [Block] = []
    /// Lines outside of fenced blocks.
    private(set) var prose: [String] = []

    var testDescription: String { path }

    init(path: String) throws {
        self.path = path
        let text = try String(contentsOf: Lookout.checkout.appendingPathComponent(path), encoding: .utf8)
        var isFenced = false
        for line in text.components(separatedBy: "\n") {
            if line.hasPrefix("```") {
                isFenced.toggle()
                if isFenced { blocks.append(Block(language: String(line.dropFirst(3)), lines: [])) }
            } else if isFenced {
                blocks[blocks.count - 1].lines.append(line)
            } else {
                prose.append(line)
            }
        }
    }

    /// All documents of the checkout.
    static let all: [Document] = {
        let manager = FileManager.default
        let inFolders = ["docs", "Benchmarks", "Tests/FaultTests", "Tests/System"].flatMap { folder in
            let names = try? manager.contentsOfDirectory(atPath: Lookout.checkout.appendingPathComponent(folder).path)
            return (names ?? []).sorted().filter { $0.hasSuffix(".md") }.map { "\(folder)/\($0)" }
        }
        let paths = ["README.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md"] + inFolders
        return paths.compactMap { try? Document(path: $0) }
    }()

    /// Code spans in the prose, without their backticks.
    var codeSpans: [String] {
        prose.joined(separator: "\n").matches(of: /`([^`]+)`/).map { String($0.1).replacing("\n", with: " ") }
    }

    /// Targets of links in the prose.
    var links: [String] {
        prose.map { $0.replacing(/`[^`]*`/, with: "code") }.flatMap { line in
            line.matches(of: /\]\(([^)\s]+)\)/).map { String($0.1) }
        }
    }

    /// Anchors of the headings, formed as the common hosts of repositories form them.
    var anchors: Set<String> {
        Set(
            prose.filter { $0.hasPrefix("#") }.map { line in
                line.drop { $0 == "#" }.drop { $0 == " " }.lowercased()
                    .filter { $0.isLetter || $0.isNumber || " -_".contains($0) }.replacing(" ", with: "-")
            })
    }

    /// Shell commands: lines of `sh` blocks, prompts of `console` blocks, and code spans of the prose.
    var commands: [String] {
        let shell = blocks.filter { $0.language == "sh" }.flatMap(\.lines)
        let prompts = blocks.filter { $0.language == "console" }.flatMap(\.lines).filter { $0.hasPrefix("$ ") }
        return shell + prompts.map { String($0.dropFirst(2)) } + codeSpans
    }
}
