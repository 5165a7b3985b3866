import Basics

/// Thrown by whatever reads or writes a file: a name for those who use this library alone.
public typealias FileError = Basics.FileError

/// Thrown where the contents of a file are refused.
typealias FormatError = Basics.FormatError

/// A name out of a file that nobody vouches for, as a message may repeat it.
func shortened(_ name: String) -> String { name.count > 80 ? name.prefix(80) + "…" : name }
