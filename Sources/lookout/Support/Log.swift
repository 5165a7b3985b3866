import Logging

extension Logger {
    /// The program's log: plain lines on standard error.
    static func standard(verbose: Bool) -> Logger {
        var logger = Logger(label: "lookout") { _ in PlainLogHandler() }
        logger.logLevel = verbose ? .debug : .warning
        return logger
    }
}

/// Writes each message as a line of its own, in the form of the program's complaints.
private struct PlainLogHandler: LogHandler {
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.info

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) { Terminal.complain("\(event.message)") }
}
