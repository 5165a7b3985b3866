import Basics
import Capture
import Glibc

/// Source argument of the command line: `[NAME=]ADDRESS`.
struct NamedSource {
    let name: String
    let address: SourceAddress

    /// Path of a file source; `nil` for others.
    var path: String? { if case .file(let path, _) = address { path } else { nil } }

    /// Whether the address has a secret, which everybody can read in the list of processes.
    var hasSecretAddress: Bool { if case .stream(let url) = address { url.hasSecrets } else { false } }

    /// Parses all source arguments.
    ///
    /// - Throws: ``Failure`` for an invalid address, or a name that is used twice.
    static func parse(_ arguments: [String]) throws(Failure) -> [NamedSource] {
        var sources: [NamedSource] = []
        for (index, argument) in arguments.enumerated() {
            let source = try NamedSource(argument, number: index + 1)
            guard !sources.contains(where: { $0.name == source.name }) else {
                throw Failure(
                    status: EX_USAGE,
                    "\(source.name): there are two sources of this name; write NAME=ADDRESS to tell them apart")
            }
            sources.append(source)
        }
        return sources
    }

    private init(_ argument: String, number: Int) throws(Failure) {
        let (name, address) = Self.split(argument)
        do {
            self.address = try SourceAddress(address)
        } catch {
            // The address is not repeated: it may contain a password.
            throw Failure(status: EX_USAGE, "source \(name ?? "number \(number)"): \(error)")
        }
        self.name = name ?? "\(self.address)"
    }

    /// Splits off the name, which ends at the first equals sign. An address may have equals signs too, but only after
    /// a colon or a slash.
    private static func split(_ argument: String) -> (name: String?, address: String) {
        guard let end = argument.firstIndex(of: "="), end > argument.startIndex,
            !argument[..<end].contains(where: { ":/?".contains($0) })
        else { return (nil, argument) }
        return (String(argument[..<end]), String(argument[argument.index(after: end)...]))
    }

    /// Checks that a file source exists. A missing file is a mistake, and no reason to retry.
    ///
    /// - Throws: ``Failure`` if it cannot be read.
    func check() throws(Failure) {
        guard let path, access(path, R_OK) != 0 else { return }
        throw Failure(status: EX_NOINPUT, "\(path): \(systemPhrase(errno))")
    }
}

/// Scope of an option: `SOURCE:VALUE` is for one source, `VALUE` for all.
struct SourceScope {
    let source: String?
    let value: String

    /// - Parameter text: split at the last colon, because names of sources may have colons.
    init(_ text: String) {
        guard let colon = text.lastIndex(of: ":") else {
            source = nil
            value = text
            return
        }
        source = String(text[..<colon])
        value = String(text[text.index(after: colon)...])
    }

    /// Whether the option applies to a source.
    func includes(_ name: String) -> Bool { source == nil || source == name }

    /// Checks the name of the source.
    ///
    /// - Throws: ``Failure`` for an unknown source.
    func check(_ option: String, sources: [String]) throws(Failure) {
        guard let source, !sources.contains(source) else { return }
        throw Failure(
            status: EX_USAGE,
            "\(option): there is no source \"\(source)\"; there is "
                + sources.map { "\"\($0)\"" }.joined(separator: ", "))
    }
}
