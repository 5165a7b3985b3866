import Logging
import Watch

extension Configuration.ProgramLog.Level {
    /// What swift-log calls it.
    var loggerLevel: Logger.Level {
        switch self {
        case .error: .error
        case .warning: .warning
        case .notice: .notice
        case .info: .info
        case .debug: .debug
        }
    }
}

extension SourceStatus {
    /// Whether it is known by now if the source can be reached. A source that is tried again at once is hardly ever
    /// seen to be away.
    var hasBeenTried: Bool { connections > 0 || failures > 0 || state != .connecting }
}
