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
        /// The system refuses the memory that it takes.
        case outOfMemory
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

    /// What was wrong with the contents of a file, or that there is not enough memory for them.
    public init(path: String, contents error: any Error) {
        let isMemory = (error as? FormatError)?.isOutOfMemory == true
        self.init(path: path, kind: isMemory ? .outOfMemory : .malformed, reason: "\(error)")
    }

    /// `path: reason`, on one line.
    public var description: String { "\(path): \(reason)" }
}

/// Why the contents of a file are refused, without the file's name, which the reader of bytes does not know.
package struct FormatError: Error, Equatable, CustomStringConvertible {
    package let reason: String
    /// Whether nothing is wrong with the file, but the system refuses the memory that it takes.
    package let isOutOfMemory: Bool

    package init(_ reason: String, isOutOfMemory: Bool = false) {
        self.reason = reason
        self.isOutOfMemory = isOutOfMemory
    }

    package var description: String { reason }

    /// The same of a part of the file.
    package func within(_ part: String) -> FormatError {
        FormatError("\(part): \(reason)", isOutOfMemory: isOutOfMemory)
    }
}
