import Basics
import Glibc

/// Downloads a file with the system's curl, which uses the system's proxies and certificates.
struct Download {
    let url: String
    /// Path of the file. An existing file is the beginning of it, and is resumed.
    let path: String
    /// Whether curl shows its progress.
    let showsProgress: Bool

    /// Number of attempts; a transfer that was cut is resumed.
    private static let attempts = 5

    /// Downloads the file. Blocks until then.
    ///
    /// - Throws: ``Failure`` with the reason and a remedy.
    func run() throws(Failure) {
        guard url.hasPrefix("https://") else {
            throw Failure(
                status: EX_USAGE, "\(url): only https is accepted for models; other transfers can be tampered with")
        }
        var last = ChildProcess.Outcome(status: 0, output: "")
        for attempt in 1...Self.attempts {
            last = ChildProcess.run(arguments, isQuiet: !showsProgress, largestFile: KnownModel.largestFile)
            guard last.status != 0 else { return }
            if last.status == Curl.cannotResume { unlink(path) }
            guard Curl.isCut(last.status), attempt < Self.attempts else { break }
            sleep(1)
        }
        throw Curl.failure(last, url)
    }

    private var arguments: [String] {
        [
            // Ignores the user's configuration of curl.
            "curl", "--disable", "--proto", "=https", "--location", "--max-redirs", "5", "--fail",
            "--connect-timeout", "15", "--speed-limit", "1000", "--speed-time", "30", "--continue-at", "-",
            "--max-filesize", "\(KnownModel.largestFile)",
            "--write-out", "%{http_code}", "--output", path, showsProgress ? "--progress-bar" : "--silent", url,
        ]
    }
}

/// Meanings of curl's exit statuses (curl(1), "exit codes").
private enum Curl {
    static let cannotResume: Int32 = 33
    private static let tooLarge: Int32 = 63

    /// Whether the transfer can be resumed.
    static func isCut(_ status: Int32) -> Bool { [18, 28, 33, 52, 55, 56, 92].contains(status) }

    static func failure(_ outcome: ChildProcess.Outcome, _ url: String) -> Failure {
        switch outcome.status {
        case ChildProcess.notFound:
            return Failure(status: EX_UNAVAILABLE, "curl is not installed; it downloads models (`apt install curl`)")
        case 128 + SIGINT, 128 + SIGTERM:
            return Failure(status: Failure.interrupted, "\(url): interrupted")
        case tooLarge, 128 + SIGXFSZ:
            return Failure(
                status: EX_DATAERR,
                "\(url): larger than any known model (\(Bytes(KnownModel.largestFile)))")
        default:
            return Failure(status: EX_UNAVAILABLE, "\(url): \(reason(outcome))")
        }
    }

    private static func reason(_ outcome: ChildProcess.Outcome) -> String {
        switch outcome.status {
        case 5: "the proxy's name cannot be resolved"
        case 6: "the host's name cannot be resolved; without a network, pass a folder with the file as --from"
        case 7: "the connection was refused"
        case 22: outcome.output == "404" ? "no such file (404)" : "the server answers \(outcome.output)"
        case 28: "timed out"
        case 18, 52, 55, 56, 92: "the transfer was cut short repeatedly"
        case 23: "the file cannot be written; is the disk full?"
        case 35, 51, 53, 54, 58, 59, 60, 66, 77, 80, 82, 83, 90, 91:
            "no secure connection: this system does not trust the server's certificate"
        case 47: "too many redirects"
        default: "curl failed with status \(outcome.status)"
        }
    }
}
