import Basics
import Events
import Glibc
import SystemPackage

/// Standard output.
enum Output {
    /// - Throws: ``Failure`` if it cannot be written, as when the disk is full.
    static func write(_ line: JSONLine) throws(Failure) { try write(line.line) }

    /// Writes bytes that are a line already, and fit for a terminal.
    static func write(line: [UInt8]) throws(Failure) { try write(line) }

    /// Writes a line, without what a terminal would take for more than text.
    ///
    /// - Throws: ``Failure`` if it cannot be written, as when the disk is full.
    static func write(_ text: String) throws(Failure) { try write(Array((printable(text) + "\n").utf8)) }

    /// Writes several lines, as above.
    static func write(lines: [String]) throws(Failure) {
        if !lines.isEmpty { try write(Array(lines.map { printable($0) + "\n" }.joined().utf8)) }
    }

    private static func write(_ bytes: [UInt8]) throws(Failure) {
        do {
            try FileDescriptor.standardOutput.writeAll(bytes)
        } catch {
            let number = (error as? Errno)?.rawValue ?? EIO
            if number == EPIPE { throw .brokenPipe }
            throw Failure(status: EX_IOERR, "standard output: cannot write: \(systemPhrase(number))")
        }
    }

    /// Rows of text as the lines of a table: each column as wide as its widest cell.
    static func table(_ rows: [[String]]) -> [String] {
        let rows = rows.map { $0.map(printable) }
        let columns = rows.map(\.count).max() ?? 0
        let widths = (0..<columns).map { column in rows.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0 }
        return rows.map { row in
            let cells = row.enumerated().map { column, cell in
                column == row.count - 1 ? cell : cell + String(repeating: " ", count: widths[column] - cell.count)
            }
            return cells.joined(separator: "  ")
        }
    }
}

/// Standard input, output and error, as they are when the program starts.
enum StandardStreams {
    /// Makes sure that the three are taken, and that a reader who goes away does not end the program.
    static func prepare() {
        // Whoever starts us may have closed one. The next file that is opened would get its number, and lines
        // that are meant for people would go into it. Opened the wrong way round, using it is an error, as it
        // would have been.
        for stream in STDIN_FILENO...STDERR_FILENO where fcntl(stream, F_GETFD) == -1 {
            _ = open("/dev/null", stream == STDIN_FILENO ? O_WRONLY : O_RDONLY)
        }
        // Then writing fails instead, and every sink knows what to do.
        signal(SIGPIPE, SIG_IGN)
    }
}
