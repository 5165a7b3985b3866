import Basics
import Glibc

/// What the system says about this process.
package struct ProcessFigures: Equatable, Sendable {
    /// Memory that is in use, in bytes.
    package var residentBytes: Int
    /// Processor time so far, in seconds.
    package var processorSeconds: Double
    /// When it was started, in seconds since 1970.
    package var startTime: Double

    package init(residentBytes: Int, processorSeconds: Double, startTime: Double) {
        self.residentBytes = residentBytes
        self.processorSeconds = processorSeconds
        self.startTime = startTime
    }

    /// Those of now. A figure that cannot be found out is 0.
    package static func current() -> ProcessFigures {
        ProcessFigures(residentBytes: residentBytes(), processorSeconds: ProcessorClock.process, startTime: startTime)
    }

    /// The second number in `/proc/self/statm`, in pages; proc(5).
    private static func residentBytes() -> Int {
        let fields = firstLine(of: "/proc/self/statm").split(separator: " ")
        return fields.count > 1 ? (Int(fields[1]) ?? 0) * sysconf(Int32(_SC_PAGESIZE)) : 0
    }

    /// It does not change, even when the calendar is set.
    private static let startTime: Double = {
        // The name of the program, in parentheses, may have spaces in it; what follows has none.
        let fields = firstLine(of: "/proc/self/stat").split(separator: ")").last?.split(separator: " ") ?? []
        guard fields.count > 19, let ticks = Double(fields[19]) else { return 0 }
        return WallClock.bootTime + ticks / Double(sysconf(Int32(_SC_CLK_TCK)))
    }()

    private static func firstLine(of path: String) -> String {
        let bytes = (try? Files.read(path, atMost: Files.largestText)) ?? []
        return String(decoding: bytes.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
    }
}
