/// Error of a file that cannot be read or written, or has invalid contents.
///
/// Public, as the `MobileNet` library throws it.
public struct FileError: Error, Equatable, CustomStringConvertible {
    /// Category of the error.
    public enum Kind: Equatable, Sendable {
        /// The file does not exist, or cannot be read.
        case unreadable
        /// The contents are corrupt, or of another format.
        case malformed
        /// The file cannot be created or written.
        case unwritable
        /// The system refuses the memory that the contents need.
        case outOfMemory
    }

    /// Path of the file, as it was given.
    public let path: String
    /// Category of the error, from which the command line takes its exit status.
    public let kind: Kind
    /// Reason, in a sentence without the file's name.
    public let reason: String

    public init(path: String, kind: Kind, reason: String) {
        self.path = path
        self.kind = kind
        self.reason = reason
    }

    /// Wraps an error of a file's contents: `outOfMemory` for a ``FormatError`` that says so, otherwise `malformed`.
    public init(path: String, contents error: any Error) {
        let isMemory = (error as? FormatError)?.isOutOfMemory == true
        self.init(path: path, kind: isMemory ? .outOfMemory : .malformed, reason: "\(error)")
    }

    /// `path: reason`, on one line.
    public var description: String { "\(path): \(reason)" }
}

/// Error of a file's contents, without the file's name, which a parser of bytes does not know.
package struct FormatError: Error, Equatable, CustomStringConvertible {
    /// Reason, in a sentence without the file's name.
    package let reason: String
    /// Whether the file is valid, but the system refuses the memory that it needs.
    package let isOutOfMemory: Bool

    package init(_ reason: String, isOutOfMemory: Bool = false) {
        self.reason = reason
        self.isOutOfMemory = isOutOfMemory
    }

    package var description: String { reason }

    /// Returns the same error with the name of a part of the file in front.
    package func within(_ part: String) -> FormatError {
        FormatError("\(part): \(reason)", isOutOfMemory: isOutOfMemory)
    }
}
