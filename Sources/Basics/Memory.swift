import Glibc

/// Checks that memory is available before a large allocation.
///
/// An array or buffer that the system refuses, as under `ulimit -v`, would end the program.
package enum Memory {
    /// Smaller allocations are not checked; bytes.
    private static let little = 1 << 20
    /// Bytes that have to stay free for small allocations.
    private static let reserve = 8 << 20

    /// Checks that an allocation would succeed.
    ///
    /// - Parameter bytes: size of the next allocation.
    /// - Throws: ``FormatError`` with the size, if the system would refuse it.
    package static func check(_ bytes: Int) throws(FormatError) {
        guard bytes >= little else { return }
        let (wanted, overflows) = bytes.addingReportingOverflow(reserve)
        guard !overflows, isAvailable(wanted) else { throw FormatError(complaint(bytes), isOutOfMemory: true) }
    }

    /// Allocates memory. Free it with free(3).
    ///
    /// May fail even after ``check(_:)``, when another allocation came in between. Then the program ends with a message
    /// and the status `EX_OSERR`, not with a trap.
    package static func allocate(_ bytes: Int, alignment: Int) -> UnsafeMutableRawPointer {
        var memory: UnsafeMutableRawPointer?
        if posix_memalign(&memory, alignment, bytes) == 0, let memory { return memory }
        let text = complaint(bytes) + "\n"
        text.withCString { _ = write(STDERR_FILENO, $0, strlen($0)) }
        _exit(EX_OSERR)
    }

    /// Size of a huge page on x86-64, and on arm64 with pages of 4 KiB.
    private static let hugePage = 2 << 20

    /// Allocates memory that is read as a whole again and again, as the weights of a network. Free it with free(3).
    ///
    /// It gets huge pages, if the system has them to give, where they are filled for the most part. Page tables of 4 KiB pages
    /// halve the speed at which a core reads weights, above all in virtual machines, where each step through them takes
    /// several more.
    package static func allocateStreamed(_ bytes: Int, alignment: Int) -> UnsafeMutableRawPointer {
        let pages = (bytes + hugePage / 2) / hugePage
        guard pages > 0 else { return allocate(bytes, alignment: alignment) }
        let memory = allocate(max(bytes, pages * hugePage), alignment: max(alignment, hugePage))
        // A refusal is no error.
        madvise(memory, pages * hugePage, MADV_HUGEPAGE)
        return memory
    }

    private static func complaint(_ bytes: Int) -> String {
        "there is not enough memory: \(Bytes(bytes)) more are needed; `ulimit -v` limits it, or MemoryMax= of a service"
    }

    private static func isAvailable(_ bytes: Int) -> Bool {
        let place = mmap(nil, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
        guard let place, place != MAP_FAILED else { return false }
        munmap(place, bytes)
        return true
    }
}
