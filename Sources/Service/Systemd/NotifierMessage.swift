import Basics

/// What a service can tell its manager; sd_notify(3).
package enum NotifierMessage: Equatable, Sendable {
    /// The service has started, or has read its configuration anew.
    case ready
    /// What it is doing, for people: a line.
    case status(String)
    /// It gets on.
    case watchdog
    /// It begins to read its configuration anew. The time, by the monotonic clock and in microseconds, tells the
    /// manager that this comes after what it has asked for.
    case reloading(monotonicMicroseconds: UInt64)
    /// It begins to stop.
    case stopping
    /// Starting or stopping takes so many seconds more, from now on, before it counts as hanging.
    case extendTimeout(seconds: Double)

    /// Its lines, each an assignment.
    var text: String {
        switch self {
        case .ready: "READY=1"
        case .status(let text): "STATUS=" + printable(text)  // nothing in it becomes an assignment of its own
        case .watchdog: "WATCHDOG=1"
        case .reloading(let time): "RELOADING=1\nMONOTONIC_USEC=\(time)"
        case .stopping: "STOPPING=1"
        case .extendTimeout(let seconds): "EXTEND_TIMEOUT_USEC=\(UInt64(max(0, min(seconds, 1e9)) * 1e6))"
        }
    }
}
