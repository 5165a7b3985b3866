import Glibc

/// Identity of the stream to systemd's journal, with which a service finds out whether its standard error goes there;
/// systemd.exec(5), `$JOURNAL_STREAM`.
package struct JournalStream: Equatable, Sendable {
    package var device: UInt64
    package var inode: UInt64

    package init(device: UInt64, inode: UInt64) {
        self.device = device
        self.inode = inode
    }

    /// - Parameter text: device and inode, separated by a colon.
    package init?(_ text: String) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, let device = UInt64(parts[0]), let inode = UInt64(parts[1]) else { return nil }
        self.init(device: device, inode: inode)
    }

    /// Makes the identity of an open descriptor.
    package init?(descriptor: Int32) {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { return nil }
        self.init(device: UInt64(status.st_dev), inode: UInt64(status.st_ino))
    }

    /// Whether a descriptor leads to the journal. The variable alone is not enough: the parent process may have inherited
    /// it and redirected standard error.
    ///
    /// - Parameter variable: the value of an environment variable.
    package static func isStandardError(variable: (String) -> String?, descriptor: Int32 = STDERR_FILENO) -> Bool {
        guard let announced = variable("JOURNAL_STREAM").flatMap({ JournalStream($0) }) else { return false }
        return announced == JournalStream(descriptor: descriptor)
    }
}
