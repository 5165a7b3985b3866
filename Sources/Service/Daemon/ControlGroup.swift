import Basics

/// Reads the memory that the control group of this process may use (cgroups(7), version 2).
package enum ControlGroup {
    /// Bytes that `memory.max` allows, the least of the group's own and those of all groups above it; `nil` where there
    /// is no limit, or no control group of version 2.
    ///
    /// - Parameters:
    ///   - root: where the file system of control groups is mounted.
    ///   - membership: the file that says which group this process is in (proc(5), `/proc/PID/cgroup`).
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
