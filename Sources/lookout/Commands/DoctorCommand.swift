import ArgumentParser
import Glibc
import Service

/// `lookout doctor`: whether this machine has what Lookout needs.
struct DoctorCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Look at this machine, and say what is missing.",
        discussion: """
            The CPU and the kernels that are chosen for it, the speed of the model, the models and their checksums, \
            cameras and permissions, FFmpeg's libraries, free space, the clock, and systemd. Each line says ok, \
            warning or problem, and what to do. The exit status is 69 if there is a problem.
            """)

    @OptionGroup var modelOption: ModelOption

    @Option(
        help: ArgumentHelp(
            "The configuration whose encrypted sources are asked for their certificates.", valueName: "file"))
    var configuration = ConfigurationFile.standardPath

    @Flag(help: "Print one JSON object for each line.")
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
        let line = "\(status)  \(finding.target.padding(to: 8))  \(finding.text)"
        return [line] + (finding.advice.map { [String(repeating: " ", count: 19) + "→ " + $0] } ?? [])
    }
}

extension String {
    /// With spaces behind it.
    fileprivate func padding(to width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }
}
