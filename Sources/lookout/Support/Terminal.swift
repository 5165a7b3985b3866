import Confinement
import Glibc

/// Standard error, as people see it: complaints, and one line that is drawn again and again.
enum Terminal {
    /// The line that is being shown.
    private static let status = Guarded("")

    /// Whether somebody is looking.
    static let isInteractive = isatty(STDERR_FILENO) == 1

    /// Writes a line, above the one that is drawn again.
    static func complain(_ text: String) {
        status.withLock { line in
            write((line.isEmpty ? "" : clear) + "lookout: \(oneLine(text))\n" + line)
        }
    }

    /// Writes a line for people who are looking.
    static func tell(_ text: String) {
        status.withLock { line in
            write((line.isEmpty ? "" : clear) + oneLine(text) + "\n" + line)
        }
    }

    /// Draws the line anew. Does nothing if nobody is looking.
    static func show(_ text: String) {
        guard isInteractive else { return }
        status.withLock { line in
            // Without wrapping, the terminal cuts off what does not fit.
            line = "\u{1B}[?7l\(oneLine(text))\u{1B}[?7h"
            write(clear + line)
        }
    }

    /// Takes the line away.
    static func clearStatus() {
        status.withLock { line in
            if !line.isEmpty { write(clear) }
            line = ""
        }
    }

    /// Calls `body`, which writes to the same terminal, while the line is not there.
    static func withoutStatus(_ body: () -> Void) {
        status.withLock { line in
            if !line.isEmpty { write(clear) }
            body()
            if !line.isEmpty { write(line) }
        }
    }

    /// To the beginning of the line, and erase it.
    private static let clear = "\r\u{1B}[2K"

    private static func oneLine(_ text: String) -> String { printable(text) }

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
