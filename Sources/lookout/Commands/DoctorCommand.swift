import ArgumentParser
import Glibc
import Service

/// `lookout doctor`: diagnosis of this machine.
struct DoctorCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Diagnose this machine.",
        discussion: """
            Checks the CPU and the kernels selected for it, the speed of the model, the models and their checksums, cameras \
            and permissions, the FFmpeg libraries, free space, the clock, and systemd. Each line is ok, a warning or a \
            problem with advice. The exit status is 69 if there is a problem.
            """)

    @OptionGroup var modelOption: ModelOption

    @Option(
        help: ArgumentHelp(
            "Configuration file; certificates of its encrypted sources are checked.", valueName: "file"))
    var configuration = ConfigurationFile.standardPath

    @Flag(help: "Print a JSON object for each line.")
    var json = false

    func run() throws {
        let (model, problems) = ModelCheck.load(modelOption)
        let findings =
            ProcessorCheck.findings(model: model) + problems
            + ModelCheck.findings(Environment.models()) + CameraCheck.findings() + CameraCheck.libraries()
            + SystemCheck.findings() + CertificateCheck.findings(configuration)
        for finding in findings {
            if json { try Output.write(finding.line) } else { try Output.write(lines: lines(finding)) }
        }
        if findings.contains(where: { $0.status == .problem }) { throw ReportedFailure(status: EX_UNAVAILABLE) }
    }

    private func lines(_ finding: Finding) -> [String] {
        let status = finding.status.rawValue.padding(to: 7)
        let line = "\(status)  \(finding.topic.padding(to: 8))  \(finding.text)"
        return [line] + (finding.advice.map { [String(repeating: " ", count: 19) + "→ " + $0] } ?? [])
    }
}

extension String {
    /// Pads with spaces at the end.
    fileprivate func padding(to width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }
}
