import Basics
import Capture
import Events
import Glibc
import MobileNet
import Watch

/// Environment that the configuration is checked against.
package struct ConfigurationEnvironment: Sendable {
    /// Folders that are searched for models.
    package var models: ModelLibrary
    /// `$CREDENTIALS_DIRECTORY`, if there is one. Otherwise names of credentials are not checked: systemd provides them
    /// when it starts the service.
    package var credentials: String?

    package init(models: ModelLibrary, credentials: String?) {
        self.models = models
        self.credentials = credentials
    }
}

extension ConfigurationFile {
    /// Checks the files, groups and addresses that the configuration names. Writes nothing. A source that cannot be reached
    /// is no problem; a recording that does not exist is one.
    package func problemsOnDisk(_ environment: ConfigurationEnvironment) -> [ConfigurationProblem] {
        var problems: [ConfigurationProblem] = []
        func add(_ key: String, _ reason: String?, _ severity: ConfigurationProblem.Severity = .error) {
            guard let reason else { return }
            let place = places[key] ?? Place(line: 1, column: 1)
            problems.append(ConfigurationProblem(file: path, place: place, severity: severity, text: reason))
        }
        add("model", modelProblem(environment.models))
        if case .file(let path) = configuration.groups { add("groups", Self.textProblem(path)) }
        // Default folders are not checked: systemd creates them when it starts the service.
        for (key, path) in outputs where places[key] != nil { add(key, Self.folderProblem(path), .warning) }
        for sink in SinkFactories.all {
            for problem in sink.problems(in: configuration.events) { add(problem.key, problem.text) }
        }
        for problem in ListenProblem.all(configuration.metrics.listen) {
            add("metrics.listen", problem.text, problem.isCertain ? .error : .warning)
        }
        for source in configuration.sources where source.isEnabled {
            let key = "sources.\(source.name)"
            if case .file(let path, _) = source.address { add(key + ".address", Self.readingProblem(path)) }
            if case .authorities(let path) = source.options.reception.tls {
                add(places[key + ".tls"] == nil ? key + ".address" : key + ".tls", Self.readingProblem(path))
            }
            add(
                key + ".credentials",
                source.credentials.flatMap { Self.credentialProblem($0, environment.credentials) })
        }
        return problems.sorted { $0.place < $1.place }
    }

    private func modelProblem(_ models: ModelLibrary) -> String? {
        do {
            return Self.readingProblem(try models.path(of: configuration.model))
        } catch {
            return "\"model\": \(error)"
        }
    }

    /// Files that the service creates.
    private var outputs: [(key: String, path: String)] {
        let others = [
            ("state", configuration.state + "/."), ("metrics.textfile", configuration.metrics.textfile),
            ("metrics.listen", configuration.metrics.listen?.path),
            (
                places["snapshots.folder"] == nil ? "snapshots" : "snapshots.folder", configuration.snapshots?.folder
            ),
        ]
        return configuration.events.paths + others.compactMap { key, path in path.map { (key, $0) } }
    }

    /// Checks the folder of an output. The problem is a warning, because the service may have other permissions.
    private static func folderProblem(_ path: String) -> String? {
        let folder = path.split(separator: "/").dropLast().reduce("") { $0 + "/" + $1 }
        guard access(folder.isEmpty ? "/" : folder, W_OK | X_OK) != 0 else { return nil }
        return "the folder \(ShownText.whole(folder)) cannot be written to: \(systemPhrase(errno))"
    }

    private static func readingProblem(_ path: String) -> String? {
        access(path, R_OK) == 0 ? nil : "\(ShownText.whole(path)): \(systemPhrase(errno))"
    }

    /// Checks a file that is read as a whole, which a device or pipe cannot be.
    private static func textProblem(_ path: String) -> String? {
        do {
            _ = try Files.read(path, atMost: Files.largestText)
            return nil
        } catch {
            return "\(ShownText.whole(path)): \(error.reason)"
        }
    }

    private static func credentialProblem(_ name: String, _ folder: String?) -> String? {
        guard name.contains("/") || folder != nil else { return nil }
        do {
            _ = try CredentialFile(name, folder: folder).read()
            return nil
        } catch {
            return "\(error)"
        }
    }
}

/// Problem with the address at which metrics are to be served.
struct ListenProblem {
    let text: String
    /// Whether the service has the problem, too, and not only the user who checks.
    let isCertain: Bool

    /// Lowest port that needs no privilege.
    private static let firstFreePort = 1024

    /// Checks an address by binding it; nothing listens. An address in use is no problem: the service may be the user.
    static func all(_ endpoint: Configuration.Metrics.Endpoint?) -> [ListenProblem] {
        guard case .loopback(let host, let port) = endpoint else { return [] }
        let error = host.contains(":") ? bindIPv6(port) : bindIPv4(port)
        if error != 0, error != EADDRINUSE {
            let name = host.contains(":") ? "[\(host)]" : host
            let text = "\"listen\": metrics cannot be served on \(name):\(port): \(systemPhrase(error))"
            return [ListenProblem(text: text, isCertain: true)]
        }
        guard (1..<firstFreePort).contains(port) else { return [] }
        let text = "\"listen\": only root may use ports below \(firstFreePort), such as \(port)"
        return [ListenProblem(text: text, isCertain: false)]
    }

    private static func bindIPv4(_ port: Int) -> Int32 {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(UInt16(clamping: port)).bigEndian
        address.sin_addr = in_addr(s_addr: UInt32(INADDR_LOOPBACK).bigEndian)
        return bind(AF_INET, address)
    }

    private static func bindIPv6(_ port: Int) -> Int32 {
        var address = sockaddr_in6()
        address.sin6_family = sa_family_t(AF_INET6)
        address.sin6_port = in_port_t(UInt16(clamping: port)).bigEndian
        address.sin6_addr = in6addr_loopback
        return bind(AF_INET6, address)
    }

    /// - Returns: 0, or `errno`.
    private static func bind<Address>(_ family: Int32, _ address: Address) -> Int32 {
        let descriptor = socket(family, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return errno }
        defer { close(descriptor) }
        var yes: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout.size(ofValue: yes)))
        return withUnsafePointer(to: address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.bind(descriptor, $0, socklen_t(MemoryLayout<Address>.size)) == 0 ? 0 : errno
            }
        }
    }
}
