import Basics
import Capture
import Events
import Glibc
import MobileNet
import Watch

/// What the configuration is compared with on this machine.
package struct ConfigurationEnvironment: Sendable {
    /// Where models are looked for.
    package var models: ModelLibrary
    /// `$CREDENTIALS_DIRECTORY`, if there is one. Otherwise names of credentials are not checked: they are there
    /// when systemd starts the service.
    package var credentials: String?

    package init(models: ModelLibrary, credentials: String?) {
        self.models = models
        self.credentials = credentials
    }
}

extension ConfigurationFile {
    /// What is wrong with the files that the configuration names. Nothing is written. Sources that are away are
    /// no mistake, but a recording that is not there is one.
    package func problemsOnDisk(_ surroundings: ConfigurationEnvironment) -> [ConfigurationProblem] {
        var problems: [ConfigurationProblem] = []
        func add(_ key: String, _ reason: String?, _ severity: ConfigurationProblem.Severity = .error) {
            guard let reason else { return }
            let place = places[key] ?? Place(line: 1, column: 1)
            problems.append(ConfigurationProblem(file: path, place: place, severity: severity, text: reason))
        }
        add("model", modelProblem(surroundings.models))
        if case .file(let path) = configuration.groups { add("groups", Self.textProblem(path)) }
        // Where the service keeps its things by itself, systemd makes the folders when it starts.
        for (key, path) in outputs where places[key] != nil { add(key, Self.folderProblem(path), .warning) }
        add("events.socket.group", groupProblem)
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
                source.credentials.flatMap { Self.credentialProblem($0, surroundings.credentials) })
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

    private var groupProblem: String? {
        guard let name = configuration.events.socket?.group, SocketGroup.number(name) == nil else { return nil }
        return "\"group\": there is no group \(ShownText.quoted(name)) on this machine"
    }

    /// Files that are made when they are not there.
    private var outputs: [(key: String, path: String)] {
        let events = configuration.events
        let all = [
            ("events.log.path", events.log?.path), ("events.socket.path", events.socket?.path),
            ("events.samples", events.samples),
            ("state", configuration.state + "/."), ("metrics.textfile", configuration.metrics.textfile),
            ("metrics.listen", configuration.metrics.listen?.path),
        ]
        return all.compactMap { key, path in path.map { (key, $0) } }
    }

    /// Only the service may have to write to it, and not whoever checks: that is no more than a warning.
    private static func folderProblem(_ path: String) -> String? {
        let folder = path.split(separator: "/").dropLast().reduce("") { $0 + "/" + $1 }
        guard access(folder.isEmpty ? "/" : folder, W_OK | X_OK) != 0 else { return nil }
        return "the folder \(ShownText.whole(folder)) cannot be written to: \(systemPhrase(errno))"
    }

    private static func readingProblem(_ path: String) -> String? {
        access(path, R_OK) == 0 ? nil : "\(ShownText.whole(path)): \(systemPhrase(errno))"
    }

    /// A file that is read as a whole has to be one, and no device or pipe.
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
