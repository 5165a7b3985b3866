import CLinux
import Glibc

/// Checks free space for events, the clock and systemd.
enum SystemCheck {
    static func findings() -> [Finding] { [space(), clock(), systemd()] }

    // MARK: - Free space

    /// Folder of the service's event log, or its nearest parent that exists.
    private static let folders = ["/var/log/lookout", "/var/log", "/"]
    private static let enough = 500_000_000.0

    private static func space() -> Finding {
        guard let folder = folders.first(where: { access($0, F_OK) == 0 }), let free = freeBytes(folder) else {
            return .warning("space", "cannot be determined", advice: "check the file systems with df")
        }
        let text = "\(byteCount(Int(free))) free in \(folder)"
        guard free < enough else { return .ok("space", text) }
        return .warning("space", text, advice: "free some space, or limit the age or size of the event log")
    }

    private static func freeBytes(_ path: String) -> Double? {
        var status = statvfs()
        guard statvfs(path, &status) == 0 else { return nil }
        return Double(status.f_bavail) * Double(status.f_frsize)
    }

    // MARK: - The clock

    /// Checks whether the kernel's clock is synchronised (adjtimex(2)).
    private static func clock() -> Finding {
        var state = timex()
        let result = adjtimex(&state)
        guard result >= 0 else {
            return .warning("clock", "cannot be determined", advice: "check it with timedatectl")
        }
        guard result != TIME_ERROR, state.status & STA_UNSYNC == 0 else {
            return .warning(
                "clock", "not synchronised: the times of events may be wrong",
                advice: "enable systemd-timesyncd or chrony")
        }
        let error = decimals(Double(state.maxerror) / 1000, 0)
        return .ok("clock", "synchronised to within \(error) ms")
    }

    // MARK: - systemd

    private static let unitFolders = ["/etc/systemd/system", "/usr/lib/systemd/system", "/lib/systemd/system"]

    private static func systemd() -> Finding {
        guard access("/run/systemd/system", F_OK) == 0 else {
            return .ok("systemd", "not running here")
        }
        guard unitFolders.contains(where: { access($0 + "/lookout.service", F_OK) == 0 }) else {
            return .ok("systemd", "running; lookout is not installed as a service")
        }
        let isActive = access("/sys/fs/cgroup/system.slice/lookout.service", F_OK) == 0
        guard isActive else {
            return .warning(
                "systemd", "the service is installed but not running",
                advice: "systemctl enable --now lookout; see journalctl -u lookout for the reason")
        }
        return .ok("systemd", "the service is running")
    }
}
