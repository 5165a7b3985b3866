import Basics
import Logging

/// A message as it stands in the log.
enum LogLine {
    /// The key of a message's metadata that says which camera, stream or sink it is about.
    static let sourceKey = "source"

    /// - Parameters:
    ///   - source: who or what it is about, if it is about somebody.
    ///   - journal: whether it goes to systemd's journal, which takes the level from a number in front; sd-daemon(3).
    static func text(_ message: String, level: Logger.Level, source: String?, journal: Bool) -> String {
        // What cameras say of themselves must not look like a line of its own, nor move a terminal's cursor.
        let text = printable((source.map { $0 + ": " } ?? "") + message)
        return (journal ? "<\(priority(of: level))>" : "lookout: ") + text + "\n"
    }

    /// The numbers of syslog(3).
    static func priority(of level: Logger.Level) -> Int {
        switch level {
        case .trace, .debug: 7
        case .info: 6
        case .notice: 5
        case .warning: 4
        case .error: 3
        case .critical: 2
        }
    }
}
