import CLinux

/// Memory that the program has used and needs no more. The C library would keep it, in case that it is wanted
/// again: that suits a program that does the same all the time, and not one that loads a network once, for which it
/// needs twice as much as for all the time afterwards.
package enum ProcessMemory {
    /// So large a piece of memory is got from the system by itself, and goes back to it when it is freed, in bytes.
    private static let large: Int32 = 128 << 10
    /// So much may lie free at the end of the heap, in bytes.
    private static let most: Int32 = 1 << 20
    /// In each, free memory stays by itself. They are there so that threads need not wait for each other; those of this
    /// program seldom ask for memory.
    private static let arenas: Int32 = 2

    /// From now on, little is kept. To be called before there is much to keep.
    package static func keepLittle() {
        #if canImport(Glibc)
            _ = mallopt(M_MMAP_THRESHOLD, large)
            _ = mallopt(M_TRIM_THRESHOLD, most)
            _ = mallopt(M_ARENA_MAX, arenas)
        #endif
    }

    /// Gives back what lies free now.
    package static func giveBack() {
        #if canImport(Glibc)
            _ = malloc_trim(0)
        #endif
    }

    /// The same, and what was read from the program's files only to start it: whatever of them is used again comes back
    /// by itself, from the system's cache.
    package static func trimAfterStartup() {
        giveBack()
        FileMappings.letGo()
    }
}
