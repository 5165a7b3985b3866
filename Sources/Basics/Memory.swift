import Glibc

/// Asks whether memory is to be had, before so much is taken that the program would end where it is not.
///
/// An array or a buffer that the system refuses ends the program. Limits as those of `ulimit -v` refuse.
package enum Memory {
    /// Below that, nothing is asked.
    private static let little = 1 << 20
    /// Left for all that is small.
    private static let reserve = 8 << 20

    /// - Parameter bytes: how much is about to be taken at once.
    /// - Throws: ``FormatError`` that says how much was wanted.
    package static func check(_ bytes: Int) throws(FormatError) {
        guard bytes >= little else { return }
        let (wanted, overflows) = bytes.addingReportingOverflow(reserve)
        guard !overflows, isThere(wanted) else { throw FormatError(complaint(bytes), isOutOfMemory: true) }
    }

    /// Takes memory, to be given back with free(3).
    ///
    /// Whoever asked before (``check(_:)``) may still be refused, when others have taken it meanwhile. There is no way on
    /// then, and the program ends with a message, and not with a trap.
    package static func allocate(_ bytes: Int, alignment: Int) -> UnsafeMutableRawPointer {
        var memory: UnsafeMutableRawPointer?
        if posix_memalign(&memory, alignment, bytes) == 0, let memory { return memory }
        let text = complaint(bytes) + "\n"
        text.withCString { _ = write(STDERR_FILENO, $0, strlen($0)) }
        _exit(EX_OSERR)
    }

    private static func complaint(_ bytes: Int) -> String {
        "there is not enough memory: \(Bytes(bytes)) more are needed; `ulimit -v` limits it, or MemoryMax= of a service"
    }

    private static func isThere(_ bytes: Int) -> Bool {
        let place = mmap(nil, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
        guard let place, place != MAP_FAILED else { return false }
        munmap(place, bytes)
        return true
    }
}
