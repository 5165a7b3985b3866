import ArgumentParser
import Basics
import Events
import Glibc
import MobileNet
import Service
import Watch

/// Completions for shells. The shell itself completes files.
enum Completion {
    /// Names or paths of models.
    static let models = custom { _, prefix in modelNames(prefix) }

    /// Names or paths of models, and architectures.
    static let modelsAndArchitectures = custom { _, prefix in
        modelNames(prefix) + Architecture.allCases.map(\.rawValue)
    }

    /// Models that can be fetched.
    static let knownModels = CompletionKind.list(KnownModel.all.map(\.name))

    /// Labels of the model on the command line, and groups; separated by commas.
    static let labels = custom { words, prefix in
        let head = prefix.lastIndex(of: ",").map { String(prefix[...$0]) } ?? ""
        let model = value(of: ["--model", "-m"], in: words) ?? ModelOption.usual
        let groups = value(of: ["--groups"], in: words).flatMap { try? LabelGroups.read($0) } ?? [:]
        return (groups.keys.sorted() + labelNames(model)).map { head + $0 }
    }

    /// Sources of the service's configuration and of the log.
    static let sources = custom { words, _ in
        let configured = configuration?.configuration.sources.map(\.name) ?? []
        return unique(configured + loggedLines(words).compactMap(\.source))
    }

    /// Labels and groups of the log, and groups of the service's configuration.
    static let loggedLabels = custom { words, _ in
        let lines = loggedLines(words)
        let groups = (try? configuration?.configuration.groups.read(labels: [])) ?? [:]
        return unique(groups.keys.sorted() + lines.compactMap(\.group) + lines.compactMap(\.label))
    }

    static let eventTypes = CompletionKind.list(EventType.allCases.map(\.rawValue))

    // MARK: - Names

    private static func modelNames(_ prefix: String) -> [String] {
        guard let slash = prefix.lastIndex(of: "/") else { return Environment.models().list().map(\.name) }
        let folder = String(prefix[...slash])
        return ModelLibrary(folders: [folder]).list().map { "\(folder)\($0.name).\(Model.fileExtension)" }
    }

    /// Returns each synonym by itself: a comma would end a label.
    private static func labelNames(_ model: String) -> [String] {
        guard let path = try? Environment.models().path(of: model), let read = try? Model.read(path) else { return [] }
        return unique(read.reportedLabels.flatMap(LabelNames.synonyms))
    }

    private static var configuration: ConfigurationFile? {
        try? ConfigurationFile(path: ConfigurationFile.standardPath)
    }

    /// Reads the last lines of the logs on the command line, or of the service's log.
    private static func loggedLines(_ words: [String]) -> [LoggedLine] {
        let named = words.dropFirst(2).filter { !$0.hasPrefix("-") && isReadableFile($0) }
        let logs = named.isEmpty && isReadableFile(TailPlace.log) ? [TailPlace.log] : named
        return logs.flatMap { log in
            let follower = LogFollower(LogHistory(path: log), last: 1000, filter: EventFilter())
            return sequence(state: follower) { $0.next() }.compactMap { LoggedLine($0.dropLast()) }
        }
    }

    private static func isReadableFile(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG && access(path, R_OK) == 0
    }

    // MARK: - Quoting

    /// Makes a completion.
    ///
    /// - Parameter candidates: takes the words of the line and the prefix of the word to complete.
    private static func custom(_ candidates: @escaping @Sendable ([String], String) -> [String]) -> CompletionKind {
        .custom { words, _, prefix in
            let prefix = unquoted(prefix)
            return candidates(words.map(unquoted), prefix)
                .filter { $0.hasPrefix(prefix) && $0.unicodeScalars.allSatisfy(\.isPrintable) }
                .map { literal($0, for: CompletionShell.requesting) }
        }
    }

    /// Removes the shell's quotes and escapes of a word.
    static func unquoted(_ word: String) -> String {
        var text = ""
        var isEscaped = false
        for character in word {
            if !isEscaped, character == "\\" {
                isEscaped = true
            } else {
                if isEscaped || (character != "'" && character != "\"") { text.append(character) }
                isEscaped = false
            }
        }
        return text
    }

    /// Quotes a candidate so that the shell takes it literally. Names come from untrusted files, and bash expands the
    /// list of candidates: `$(…)` in a label would be run.
    static func literal(_ text: String, for shell: CompletionShell?) -> String {
        switch shell {
        case .bash?: "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
        // In zsh, a colon begins a description.
        case .zsh?: String(text.flatMap { $0 == "\\" || $0 == ":" ? ["\\", $0] : [$0] })
        default: text
        }
    }

    private static func value(of names: [String], in words: [String]) -> String? {
        for (index, word) in words.enumerated() {
            if names.contains(word), index + 1 < words.count { return words[index + 1] }
            for name in names where word.hasPrefix(name + "=") { return String(word.dropFirst(name.count + 1)) }
        }
        return nil
    }

    private static func unique(_ names: [String]) -> [String] {
        var seen: Set<String> = []
        return names.filter { seen.insert($0).inserted }
    }
}
