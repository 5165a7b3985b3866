import Basics
import Glibc

/// Resource usage of this process.
package struct ProcessFigures: Equatable, Sendable {
    /// Resident memory in bytes.
    package var residentBytes: Int
    /// CPU time in seconds.
    package var processorSeconds: Double
    /// Start time in seconds since 1970.
    package var startTime: Double

    package init(residentBytes: Int, processorSeconds: Double, startTime: Double) {
        self.residentBytes = residentBytes
        self.processorSeconds = processorSeconds
        self.startTime = startTime
    }

    /// Returns the current usage. A figure that cannot be read is 0.
    package static func current() -> ProcessFigures {
        ProcessFigures(residentBytes: residentBytes(), processorSeconds: ProcessorClock.process, startTime: startTime)
    }

    /// Reads the second field of `/proc/self/statm`, in pages; proc(5).
    private static func residentBytes() -> Int {
        let fields = firstLine(of: "/proc/self/statm").split(separator: " ")
        return fields.count > 1 ? (Int(fields[1]) ?? 0) * sysconf(Int32(_SC_PAGESIZE)) : 0
    }

    /// Start time, computed once so that setting the wall clock does not change it.
    private static let startTime: Double = {
        // The program name, in parentheses, may contain spaces; the fields after it do not.
        let fields = firstLine(of: "/proc/self/stat").split(separator: ")").last?.split(separator: " ") ?? []
        guard fields.count > 19, let ticks = Double(fields[19]) else { return 0 }
        return WallClock.bootTime + ticks / Double(sysconf(Int32(_SC_CLK_TCK)))
    }()

    private static func firstLine(of path: String) -> String {
        let bytes = (try? Files.read(path, atMost: Files.largestText)) ?? []
        return String(decoding: bytes.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
    }
}
