import Glibc

/// Checks that the system has memory before a large allocation.
///
/// A refused allocation of an array or a buffer ends the process. Limits such as `ulimit -v` refuse allocations.
enum Memory {
    /// Sizes below this are not checked.
    private static let little = 1 << 20
    /// Reserve for small allocations.
    private static let reserve = 8 << 20

    /// Checks that an allocation is possible.
    ///
    /// - Parameter bytes: the size of the allocation.
    /// - Throws: ``FormatError`` with the size.
    static func check(_ bytes: Int) throws(FormatError) {
        guard bytes >= little else { return }
        let (wanted, overflows) = bytes.addingReportingOverflow(reserve)
        guard !overflows, isThere(wanted) else { throw FormatError(complaint(bytes), isOutOfMemory: true) }
    }

    /// Allocates memory; the caller frees it with free(3).
    ///
    /// The system may refuse it even after ``check(_:)``, if other processes have allocated memory since. Then the process
    /// ends with a message instead of a trap.
    static func allocate(_ bytes: Int, alignment: Int) -> UnsafeMutableRawPointer {
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
        let address = mmap(nil, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
        guard let address, address != MAP_FAILED else { return false }
        munmap(address, bytes)
        return true
    }
}
