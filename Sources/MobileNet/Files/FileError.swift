/// Error for a file that cannot be read or written, or whose contents are malformed.
public struct FileError: Error, Equatable, CustomStringConvertible {
    /// Category of the error.
    public enum Kind: Equatable, Sendable {
        /// The file does not exist, or may not be opened.
        case unreadable
        /// The contents are corrupt, or of another format.
        case malformed
        /// The file cannot be created.
        case unwritable
        /// The system refuses the memory for it.
        case outOfMemory
    }

    /// Path of the file, as given.
    public let path: String
    /// Category of the error. The command line derives the exit status from it.
    public let kind: Kind
    /// Reason, as a clause without the path.
    public let reason: String

    /// Creates an error.
    public init(path: String, kind: Kind, reason: String) {
        self.path = path
        self.kind = kind
        self.reason = reason
    }

    /// Creates the error for malformed contents, or for a lack of memory.
    public init(path: String, contents error: any Error) {
        let isMemory = (error as? FormatError)?.isOutOfMemory == true
        self.init(path: path, kind: isMemory ? .outOfMemory : .malformed, reason: "\(error)")
    }

    /// `path: reason`, on one line.
    public var description: String { "\(path): \(reason)" }
}

/// Error for the contents of a file. It has no path: the readers of formats do not know it.
struct FormatError: Error, Equatable, CustomStringConvertible {
    let reason: String
    /// Whether the system refuses the memory for the contents.
    let isOutOfMemory: Bool

    init(_ reason: String, isOutOfMemory: Bool = false) {
        self.reason = reason
        self.isOutOfMemory = isOutOfMemory
    }

    var description: String { reason }

    /// Returns the error with the name of a part of the file before the reason.
    func within(_ part: String) -> FormatError { FormatError("\(part): \(reason)", isOutOfMemory: isOutOfMemory) }
}

/// Returns a name from an untrusted file, shortened for a message.
func shortened(_ name: String) -> String { name.count > 80 ? name.prefix(80) + "…" : name }
