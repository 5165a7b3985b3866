import Basics
import Events
import Glibc
import SystemPackage

/// Writes to standard output.
enum Output {
    /// Writes a JSON line.
    ///
    /// - Throws: ``Failure`` if it cannot be written, as when the disk is full.
    static func write(_ line: JSONLine) throws(Failure) { try write(line.line) }

    /// Writes a complete line that is safe for a terminal.
    static func write(line: [UInt8]) throws(Failure) { try write(line) }

    /// Writes a line, with control characters escaped.
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

    /// Aligns rows of text as the lines of a table.
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

/// Prepares standard input, output and error when the program starts.
enum StandardStreams {
    /// Opens those that are closed, and ignores SIGPIPE.
    static func prepare() {
        // The parent may have closed one. The next file to be opened would get its descriptor, and messages would go
        // into that file. Opened in the wrong direction, its use stays an error.
        for stream in STDIN_FILENO...STDERR_FILENO where fcntl(stream, F_GETFD) == -1 {
            _ = open("/dev/null", stream == STDIN_FILENO ? O_WRONLY : O_RDONLY)
        }
        // Writing to a closed pipe fails instead, which every sink handles.
        signal(SIGPIPE, SIG_IGN)
    }
}
