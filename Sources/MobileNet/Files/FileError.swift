import Basics

/// Thrown by whatever reads or writes a file: a name for those who use this library alone.
public typealias FileError = Basics.FileError

/// Thrown where the contents of a file are refused.
typealias FormatError = Basics.FormatError

/// Returns a name from an untrusted file, shortened for a message.
func shortened(_ name: String) -> String { name.count > 80 ? name.prefix(80) + "…" : name }
