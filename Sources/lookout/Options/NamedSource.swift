import Basics
import Capture
import Glibc

/// A source as it is written on the command line: `[NAME=]ADDRESS`.
struct NamedSource {
    let name: String
    let address: SourceAddress

    /// The file, if it is one.
    var path: String? { if case .file(let path, _) = address { path } else { nil } }

    /// Whether others can read something in the command line that they should not.
    var hasSecretAddress: Bool { if case .stream(let url) = address { url.hasSecrets } else { false } }

    /// - Throws: ``Failure`` for an address that is none, or a name that is used twice.
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
            // The address itself may have a password in it.
            throw Failure(status: EX_USAGE, "source \(name ?? "number \(number)"): \(error)")
        }
        self.name = name ?? "\(self.address)"
    }

    /// The name is what stands before the first equals sign, if it could be one: an address may have such
    /// signs in it, but only behind a colon or a slash.
    private static func split(_ argument: String) -> (name: String?, address: String) {
        guard let end = argument.firstIndex(of: "="), end > argument.startIndex,
            !argument[..<end].contains(where: { ":/?".contains($0) })
        else { return (nil, argument) }
        return (String(argument[..<end]), String(argument[argument.index(after: end)...]))
    }

    /// - Throws: ``Failure`` if it is a file that is not there: that is a mistake, and no reason to wait.
    func check() throws(Failure) {
        guard let path, access(path, R_OK) != 0 else { return }
        throw Failure(status: EX_NOINPUT, "\(path): \(systemPhrase(errno))")
    }
}

/// Which sources an option is for: `SOURCE:VALUE` is for one, `VALUE` for all.
struct SourceScope {
    let source: String?
    let value: String

    /// - Parameter text: the name of a source may have colons in it, the value has none.
    init(_ text: String) {
        guard let colon = text.lastIndex(of: ":") else {
            source = nil
            value = text
            return
        }
        source = String(text[..<colon])
        value = String(text[text.index(after: colon)...])
    }

    /// Whether it is for a source with that name.
    func includes(_ name: String) -> Bool { source == nil || source == name }

    /// - Throws: ``Failure`` if it is for a source that is not there.
    func check(_ option: String, sources: [String]) throws(Failure) {
        guard let source, !sources.contains(source) else { return }
        throw Failure(
            status: EX_USAGE,
            "\(option): there is no source \"\(source)\"; there is "
                + sources.map { "\"\($0)\"" }.joined(separator: ", "))
    }
}
