import Events
import Glibc

extension LineSink {
    /// Standard output; if it is the terminal on which progress is shown, the two keep out of each other's way.
    static func terminalOrStandardOutput() -> LineSink {
        guard Terminal.isInteractive, isatty(STDOUT_FILENO) == 1 else { return .standardOutput() }
        return .standardOutput { write in Terminal.withoutStatus(write) }
    }
}
