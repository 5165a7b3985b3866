/// A file that cannot be read or written, or that is not what it should be.
public struct FileError: Error, Equatable, CustomStringConvertible {
    /// What kind of trouble it is.
    public enum Kind: Equatable, Sendable {
        /// It is not there, or may not be opened.
        case unreadable
        /// Its contents are damaged, or of another kind.
        case malformed
        /// It cannot be created.
        case unwritable
    }

    /// Of the file, as it was given.
    public let path: String
    /// What kind of trouble it is; the command line makes an exit status of it.
    public let kind: Kind
    /// Why, in a sentence without the file's name.
    public let reason: String

    public init(path: String, kind: Kind, reason: String) {
        self.path = path
        self.kind = kind
        self.reason = reason
    }

    /// `path: reason`, on one line.
    public var description: String { "\(path): \(reason)" }
}

/// Why the contents of a file are refused, without the file's name, which the reader of bytes does not know.
struct FormatError: Error, Equatable, CustomStringConvertible {
    let reason: String
    init(_ reason: String) { self.reason = reason }
    var description: String { reason }
}

/// A name out of a file that nobody vouches for, as a message may repeat it.
func shortened(_ name: String) -> String { name.count > 80 ? name.prefix(80) + "…" : name }
