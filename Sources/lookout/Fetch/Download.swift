import Basics
import Glibc

/// A file from the network, by the system's curl: it knows the system's proxies and certificates, and is kept up to
/// date with them.
struct Download {
    let url: String
    /// Where the file goes. What is there already is the beginning of it.
    let path: String
    /// Whether somebody is looking.
    let showsProgress: Bool

    /// How often a transfer that was cut is taken up again where it ended.
    private static let attempts = 5

    /// - Throws: ``Failure`` that says what went wrong, and what can be done.
    func run() throws(Failure) {
        guard url.hasPrefix("https://") else {
            throw Failure(
                status: EX_USAGE, "\(url): only https is asked for models; anybody could change what comes without it")
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
            // No file of the user's changes what curl does here.
            "curl", "--disable", "--proto", "=https", "--location", "--max-redirs", "5", "--fail",
            "--connect-timeout", "15", "--speed-limit", "1000", "--speed-time", "30", "--continue-at", "-",
            "--max-filesize", "\(KnownModel.largestFile)",
            "--write-out", "%{http_code}", "--output", path, showsProgress ? "--progress-bar" : "--silent", url,
        ]
    }
}

/// What curl's exit statuses mean (curl(1), "exit codes").
private enum Curl {
    static let cannotResume: Int32 = 33
    private static let tooLarge: Int32 = 63

    /// Whether it is worth while to go on where the transfer ended.
    static func isCut(_ status: Int32) -> Bool { [18, 28, 33, 52, 55, 56, 92].contains(status) }

    static func failure(_ outcome: ChildProcess.Outcome, _ url: String) -> Failure {
        switch outcome.status {
        case ChildProcess.notFound:
            return Failure(status: EX_UNAVAILABLE, "curl is not installed; it fetches files (`apt install curl`)")
        case 128 + SIGINT, 128 + SIGTERM:
            return Failure(status: Failure.interrupted, "\(url): interrupted")
        case tooLarge, 128 + SIGXFSZ:
            return Failure(
                status: EX_DATAERR,
                "\(url): it is larger than any model that is known here (\(Bytes(KnownModel.largestFile)))")
        default:
            return Failure(status: EX_UNAVAILABLE, "\(url): \(reason(outcome))")
        }
    }

    private static func reason(_ outcome: ChildProcess.Outcome) -> String {
        switch outcome.status {
        case 5: "the proxy's name is not known"
        case 6: "the host's name is not known; is there a network?"
        case 7: "the connection was refused"
        case 22: outcome.output == "404" ? "there is no such file (404)" : "the server says \(outcome.output)"
        case 28: "it takes too long"
        case 18, 52, 55, 56, 92: "the transfer was cut short again and again"
        case 23: "the file cannot be written; is the disk full?"
        case 35, 51, 53, 54, 58, 59, 60, 66, 77, 80, 82, 83, 90, 91:
            "no secure connection: the server's certificate is not one that this system trusts"
        case 47: "it leads from one address to the next without end"
        default: "curl failed with its status \(outcome.status)"
        }
    }
}
