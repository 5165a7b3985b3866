/// The version of the program.
public let lookoutVersion = "0.1.0"
