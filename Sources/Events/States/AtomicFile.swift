import Glibc
import SystemPackage

/// A small file that is replaced as a whole: whoever reads it, and whenever the program is killed, there is the
/// old one or the new one.
struct AtomicFile {
    let path: String

    /// - Parameter isDurable: whether it has to be on the disk afterwards, should the power fail.
    func write(_ bytes: [UInt8], isDurable: Bool) throws(Errno) {
        let draft = path + ".new"
        let file = open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw Errno(rawValue: errno) }
        var error = Self.write(bytes, to: file)
        if error == nil, isDurable, fdatasync(file) != 0 { error = Errno(rawValue: errno) }
        close(file)
        if error == nil, rename(draft, path) != 0 { error = Errno(rawValue: errno) }
        guard let error else { return }
        unlink(draft)
        throw error
    }

    private static func write(_ bytes: [UInt8], to file: Int32) -> Errno? {
        var rest = bytes[...]
        while !rest.isEmpty {
            let written = rest.withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
            if written < 0, errno == EINTR { continue }
            guard written > 0 else { return written == 0 ? .ioError : Errno(rawValue: errno) }
            rest = rest.dropFirst(written)
        }
        return nil
    }

    /// - Returns: nil if it is not there, or cannot be read.
    func read() -> [UInt8]? {
        guard let reader = LineReader(path: path) else { return nil }
        return readBytes(reader.descriptor, at: 0, count: reader.size)
    }
}
