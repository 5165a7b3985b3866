import Basics
import CLinux
import MobileNet

/// Settings of the C library's allocator.
///
/// By default the allocator keeps freed memory for later. Loading a model needs twice as much memory as running it, so
/// this program returns the rest to the system.
package enum ProcessMemory {
    /// Bytes from which an allocation has its own mapping, which returns to the system when it is freed.
    private static let mappingThreshold: Int32 = 128 << 10
    /// Bytes that may lie free at the end of the heap.
    private static let trimThreshold: Int32 = 1 << 20
    /// Arenas, each of which keeps its own free memory so that threads need not wait for each other. The threads of this
    /// program seldom allocate.
    private static let arenas: Int32 = 2

    /// Limits the free memory that the allocator keeps. To be called at the start of the program.
    package static func keepLittle() {
        #if canImport(Glibc)
            _ = mallopt(M_MMAP_THRESHOLD, mappingThreshold)
            _ = mallopt(M_TRIM_THRESHOLD, trimThreshold)
            _ = mallopt(M_ARENA_MAX, arenas)
        #endif
    }

    /// Returns free memory to the system after a model was loaded or replaced.
    package static func trimAfterStartup() {
        #if canImport(Glibc)
            _ = malloc_trim(0)
        #endif
    }
}

/// Reader of the memory limit of this process's control group (cgroups(7), version 2).
package enum ControlGroup {
    /// Returns the bytes that `memory.max` allows: the minimum of the group and its ancestors; `nil` if there is no limit,
    /// or no control group of version 2.
    ///
    /// - Parameters:
    ///   - root: the mount point of the cgroup file system.
    ///   - membership: the file that names the group of this process (proc(5), `/proc/PID/cgroup`).
    package static func memoryLimit(root: String = "/sys/fs/cgroup", membership: String = "/proc/self/cgroup") -> Int? {
        guard let lines = text(membership)?.split(separator: "\n"),
            let line = lines.first(where: { $0.hasPrefix("0::") })
        else { return nil }
        var group = line.dropFirst("0::".count)
        var least: Int?
        while true {
            let path = "\(root)\(group == "/" ? "" : group)/memory.max"
            if let limit = text(path).flatMap({ Int($0.prefix { $0 != "\n" }) }) { least = min(limit, least ?? limit) }
            guard let slash = group.lastIndex(of: "/"), group.count > 1 else { return least }
            group = slash == group.startIndex ? "/" : group[..<slash]
        }
    }

    private static func text(_ path: String) -> String? {
        (try? Files.read(path, atMost: Files.largestText)).map { String(decoding: $0, as: UTF8.self) }
    }
}
