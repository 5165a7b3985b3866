import Capture
import Events
import Glibc
import MobileNet
import Service

/// Error that ends the program: a message, and an exit status of sysexits.h.
struct Failure: Error, CustomStringConvertible {
    let status: Int32
    let description: String

    init(status: Int32, _ description: String) {
        self.status = status
        self.description = description
    }

    /// Converts an error; `nil` for errors of the argument parser, which reports them itself.
    ///
    /// - Parameter path: file that the error is about, if the error does not contain it.
    init?(_ error: any Error, path: String? = nil) {
        let prefix = path.map { $0 + ": " } ?? ""
        switch error {
        case let error as Failure:
            self = error
        case let error as FileError:
            self.init(status: Self.status(of: error.kind), error.description)
        case let error as LineSink.Failure where error.error == .brokenPipe && error.isStandardOutput:
            self = .brokenPipe
        case let error as LineSink.Failure:
            self.init(status: error.isOpening ? EX_CANTCREAT : EX_IOERR, error.description)
        case let error as EventSocket.Failure:
            self.init(status: EX_UNAVAILABLE, error.description)
        case let error as OwnerLock.Failure:
            self.init(status: EX_UNAVAILABLE, error.description)
        case let error as MetricsServer.Failure:
            self.init(status: EX_UNAVAILABLE, error.description)
        case let error as ConfigurationProblems:
            self.init(status: EX_CONFIG, "\(error)")
        case SourceError.interrupted:
            self.init(status: Self.interrupted, prefix + "interrupted")
        case let error as SourceError:
            self.init(status: error.isMalformed ? EX_DATAERR : EX_NOINPUT, prefix + error.description)
        case is GraphError, is WeightsError, is PlanLimitError:
            self.init(status: EX_DATAERR, prefix + "\(error)")
        case is LabelTargetError, is UnknownLabel, is InstructionSetError, is PlanLimitsError:
            self.init(status: EX_USAGE, prefix + "\(error)")
        default:
            return nil
        }
    }

    /// The reader of standard output has read enough, as `head` does; not reported.
    static let brokenPipe = Failure(status: 128 + SIGPIPE, "")

    /// Exit status of a program that was stopped with Ctrl-C, as in shells.
    static let interrupted: Int32 = 128 + SIGINT

    private static func status(of kind: FileError.Kind) -> Int32 {
        switch kind {
        case .unreadable: EX_NOINPUT
        case .malformed: EX_DATAERR
        case .unwritable: EX_CANTCREAT
        case .outOfMemory: EX_OSERR
        }
    }
}

/// Ends the program with a status, after everything has been reported.
struct ReportedFailure: Error {
    let status: Int32
}
