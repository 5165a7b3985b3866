import Basics
import Glibc
import Logging

/// Standard error, as people see it: complaints, and a few lines that are drawn again and again.
enum Terminal {
    /// What is drawn again and again.
    private struct Status {
        var lines: [String] = []

        var isEmpty: Bool { lines.isEmpty }

        /// Without wrapping, the terminal cuts off what does not fit.
        var drawing: String {
            isEmpty ? "" : "\u{1B}[?7l" + lines.joined(separator: "\r\n") + "\u{1B}[?7h"
        }

        /// To the beginning of the first line, and erase them all.
        var erasure: String {
            guard !isEmpty else { return "" }
            return "\r" + (lines.count > 1 ? "\u{1B}[\(lines.count - 1)A" : "") + "\u{1B}[J"
        }
    }

    private static let status = Mutex(Status())

    /// Whether somebody is looking, at what can draw a line again.
    static let isInteractive: Bool = {
        guard isatty(STDERR_FILENO) == 1, let kind = Environment.variable("TERM") else { return false }
        return kind != "dumb"
    }()

    /// How many letters fit in a line.
    static var columns: Int {
        var size = winsize()
        let isKnown = ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0
        return isKnown ? Int(size.ws_col) : 80
    }

    /// Writes a line, above those that are drawn again.
    static func complain(_ text: String) { tell("lookout: \(text)") }

    /// Writes a line for people who are looking.
    static func tell(_ text: String) {
        status.withLock { status in
            write(status.erasure + printable(Redaction.clean(text, keepsPaths: true)) + "\n" + status.drawing)
        }
    }

    /// Draws the lines anew. Does nothing if nobody is looking.
    static func show(_ lines: [String]) {
        guard isInteractive else { return }
        status.withLock { status in
            let erasure = status.erasure
            status.lines = lines.map(printable)
            write(erasure + status.drawing)
        }
    }

    /// Takes the lines away.
    static func clearStatus() { show([]) }

    /// Calls `body`, which writes to the same terminal, while the lines are not there.
    static func withoutStatus(_ body: () -> Void) {
        status.withLock { status in
            if !status.isEmpty { write(status.erasure) }
            body()
            if !status.isEmpty { write(status.drawing) }
        }
    }

    private static func write(_ text: String) {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let written = rest.withUnsafeBytes { Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
            if written < 0 && errno == EINTR { continue }
            guard written > 0 else { return }
            rest = rest.dropFirst(written)
        }
    }
}

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
