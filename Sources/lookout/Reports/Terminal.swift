import Basics
import Glibc
import Logging

/// Writes to standard error: messages, and status lines that are redrawn.
enum Terminal {
    /// Status lines.
    private struct Status {
        var lines: [String] = []

        var isEmpty: Bool { lines.isEmpty }

        /// Escape sequences that draw the lines. Without wrapping, the terminal truncates long lines.
        var drawing: String {
            isEmpty ? "" : "\u{1B}[?7l" + lines.joined(separator: "\r\n") + "\u{1B}[?7h"
        }

        /// Escape sequences that erase the lines.
        var erasure: String {
            guard !isEmpty else { return "" }
            return "\r" + (lines.count > 1 ? "\u{1B}[\(lines.count - 1)A" : "") + "\u{1B}[J"
        }
    }

    private static let status = Mutex(Status())
    /// Old spellings that were warned of.
    private static let warned = Mutex<Set<String>>([])

    /// Whether standard error is a terminal that can redraw lines.
    static let isInteractive: Bool = {
        guard isatty(STDERR_FILENO) == 1, let kind = Environment.variable("TERM") else { return false }
        return kind != "dumb"
    }()

    /// Width of the terminal in characters.
    static var columns: Int {
        var size = winsize()
        let isKnown = ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0
        return isKnown ? Int(size.ws_col) : 80
    }

    /// Writes a message with the program's name, above the status lines.
    static func complain(_ text: String) { tell("lookout: \(text)") }

    /// Warns, once for each name, of an old spelling that stays valid.
    static func warnOfRenaming(_ old: String, to new: String) {
        guard warned.withLock({ $0.insert(old).inserted }) else { return }
        complain("warning: \(old) is deprecated; use \(new)")
    }

    /// Writes a line above the status lines, with secrets removed and control characters escaped.
    static func tell(_ text: String) {
        status.withLock { status in
            write(status.erasure + printable(Redaction.clean(text, keepsPaths: true)) + "\n" + status.drawing)
        }
    }

    /// Redraws the status lines. Does nothing if standard error is no terminal.
    static func show(_ lines: [String]) {
        guard isInteractive else { return }
        status.withLock { status in
            let erasure = status.erasure
            status.lines = lines.map(printable)
            write(erasure + status.drawing)
        }
    }

    /// Removes the status lines.
    static func clearStatus() { show([]) }

    /// Calls `body`, which writes to the same terminal, with the status lines removed.
    static func withoutStatus(_ body: () -> Void) {
        status.withLock { status in
            if !status.isEmpty { write(status.erasure) }
            body()
            if !status.isEmpty { write(status.drawing) }
        }
    }

    private static func write(_ text: String) {
        try? writeAll(Array(text.utf8), to: STDERR_FILENO)
    }
}

extension Logger {
    /// Makes the program's log: plain lines on standard error.
    static func standard(verbose: Bool) -> Logger {
        var logger = Logger(label: "lookout") { _ in PlainLogHandler() }
        logger.logLevel = verbose ? .debug : .warning
        return logger
    }
}

/// Writes each message as a line on standard error.
private struct PlainLogHandler: LogHandler {
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.info

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) { Terminal.complain("\(event.message)") }
}
