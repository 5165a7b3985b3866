import Capture
import Events
import Foundation
import MobileNet
import Testing
import Watch

@testable import Service

/// What can only be checked with a model, or on a machine.
@Suite(.timeLimit(.minutes(10))) struct ConfigurationFileTests {
    private func file(_ yaml: String) throws -> ConfigurationFile {
        try ConfigurationFile(yaml: Array(yaml.utf8), path: "lookout.yaml")
    }

    private static let labels = ["tabby", "tiger cat", "lynx", "cab"]

    @Test func labelsThatTheModelDoesNotKnow() throws {
        let file = try file(
            """
            groups: {cat: [tabby, tigr cat], car: [cab, cat]}
            defaults:
              labels: [Cat, cabb]
              overrides: {lynxx: {enter: 0.5}, TABBY: {enter: 0.6}}
            sources:
              door: {address: rtsp://a/b, ignore: [zebra], regions: {gate: {at: [0, 0, 1, 1], labels: [dog]}}}
            """)
        #expect(
            file.problems(labels: Self.labels).map(\.description) == [
                "lookout.yaml:1:23: warning: the model does not have \"cat\" (car; did you mean \"cab\"?), "
                    + "\"tigr cat\" (cat; did you mean \"tiger cat\"?)",
                "lookout.yaml:3:17: there is no label or group \"cabb\"; did you mean \"cab\"?",
                "lookout.yaml:4:15: there is no label or group \"lynxx\"; did you mean \"lynx\"?",
                "lookout.yaml:6:40: there is no label or group \"zebra\"",
                "lookout.yaml:6:92: there is no label or group \"dog\"",
            ])
    }

    @Test func labelsThatItKnowsAreFine() throws {
        let file = try file("groups: {cat: [tabby, Tiger Cat]}\ndefaults: {labels: [cat, LYNX], ignore: [cab]}")
        #expect(file.problems(labels: Self.labels).isEmpty)
    }

    @Test func aSourceOfWhichNothingIsLookedFor() throws {
        let file = try file(
            """
            groups: {cat: [tabby, tiger cat]}
            defaults: {labels: [cat]}
            sources:
              a: {address: rtsp://a/a, ignore: [tabby]}
              b: {address: rtsp://a/b, ignore: [tabby, tiger cat]}
              c: {address: rtsp://a/c, labels: [cab], regions: {gate: {at: [0, 0, 1, 1], ignore: [cab]}}}
            """)
        #expect(
            file.problems(labels: Self.labels).map(\.description) == [
                "lookout.yaml:5:36: no target label is left: \"ignore\" (tabby, tiger cat) excludes all of them",
                "lookout.yaml:6:36: no target label is left: \"ignore\" (cab) excludes all of them",
            ])
        let defaults = try self.file(
            "defaults: {labels: [cab], ignore: [cab]}\nsources: {a: rtsp://a/a, b: rtsp://a/b}")
        #expect(defaults.problems(labels: Self.labels).map(\.place) == [Place(line: 1, column: 35)], "said once")
    }

    @Test func aLabelInTwoGroups() throws {
        let file = try file("sources: {a: rtsp://a/a}\ngroups: {cat: [tabby], pet: [lynx, TABBY]}")
        #expect(
            file.problems(labels: Self.labels).map(\.description) == [
                "lookout.yaml:2:9: the label \"TABBY\" is in two groups, \"cat\" and \"pet\"; it can be in one"
            ])
    }

    @Test func whatIsLookedForOfASource() throws {
        let configuration = try file(
            """
            groups: {cat: [tabby, tiger cat]}
            defaults: {enter: 0.5, clear_after: 3s, overrides: {cab: {enter: 0.8}, cat: {clear_after: 20s}}}
            sources:
              door: {address: rtsp://a/b, regions: {gate: {at: [0, 0, 0.5, 1], labels: [cab], hold: 1s}, roof: {at: [0, 0, 1, 0.2]}}}
            """
        ).configuration
        let model = ModelTraits(
            task: .classification, labels: Self.labels,
            groups: try configuration.groups.read(labels: Self.labels), input: PixelSize(width: 224, height: 224))
        let live = try configuration.sources[0].live(model, credentialFolder: nil)
        #expect(live.name == "door" && live.settings.regions.map(\.region.name) == ["gate", "roof"])
        let targets = live.settings.regions.map { region -> [LabelTarget] in
            if case .labels(let targets) = region.rules { targets } else { [] }
        }
        let gate = targets[0]
        #expect(gate.map(\.classes) == [[3]] && gate[0].thresholds.holdTime == 1 && gate[0].thresholds.enter == 0.8)
        #expect(gate[0].thresholds.leave == 0.6 * 0.8)
        let roof = targets[1]
        #expect(roof.map(\.group) == ["cat", nil, nil] && roof.map(\.thresholds.clearDelay) == [20, 3, 3])
        #expect(live.settings.motion.hold == 21, "what has moved out of the frame has to be seen to be gone")
    }

    @Test func filesThatAreNotThere() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("configuration-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try Data("user:password".utf8).write(to: folder.appendingPathComponent("good"))
        try Data("hunter2".utf8).write(to: folder.appendingPathComponent("bad"))
        let surroundings = ConfigurationEnvironment(
            models: ModelLibrary(folders: [folder.path]), credentials: folder.path)
        let file = try file(
            """
            model: lite
            groups: /nowhere/groups.json
            events: {log: {path: /nowhere/events.jsonl}}
            state: \(folder.path)/state
            sources:
              a: file:/nowhere/a.mp4
              b: {address: rtsp://a/b, credentials: bad}
              c: {address: rtsp://a/c, credentials: good}
              d: {address: rtsp://a/d, credentials: /nowhere/d}
              e: {address: file:/nowhere/e.mp4, enabled: off}
              f: /dev/video99
            """)
        #expect(
            file.problemsOnDisk(surroundings).map(\.description) == [
                "lookout.yaml:1:8: \"model\": lite: there is no such model; `lookout model fetch efficientnet-lite0` fetches one",
                "lookout.yaml:2:9: /nowhere/groups.json: no such file or directory",
                "lookout.yaml:3:22: warning: the folder /nowhere cannot be written to: no such file or directory",
                "lookout.yaml:4:8: warning: the folder \(folder.path)/state cannot be written to: no such file or directory",
                "lookout.yaml:6:6: /nowhere/a.mp4: no such file or directory",
                "lookout.yaml:7:41: \(folder.path)/bad: not a line of the form user:password",
                "lookout.yaml:9:41: /nowhere/d: no such file or directory",
            ])
    }

    @Test func aCredentialOfSystemdsIsNotLookedForWhereThereAreNone() throws {
        let file = try file("sources: {a: {address: rtsp://a/b, credentials: door}}")
        let surroundings = ConfigurationEnvironment(models: ModelLibrary(folders: []), credentials: nil)
        #expect(file.problemsOnDisk(surroundings).map(\.place.line) == [1], "only the model")
    }

    @Test func aGroupAndAnAddressThatAreNotThere() throws {
        let surroundings = ConfigurationEnvironment(models: ModelLibrary(folders: []), credentials: nil)
        func problems(_ yaml: String) throws -> [String] {
            try file(yaml).problemsOnDisk(surroundings).map(\.description).filter { !$0.contains("\"model\"") }
        }
        #expect(
            try problems("events: {socket: {group: no-such-group}}") == [
                "lookout.yaml:1:26: \"group\": there is no group \"no-such-group\" on this machine"
            ])
        #expect(try problems("events: {socket: {group: daemon}}").isEmpty)
        #expect(try problems("metrics: {listen: \"127.0.0.1:19190\"}").isEmpty)
        let low = try problems("metrics: {listen: \"127.0.0.1:80\"}")
        #expect(low.count == 1 && low[0].hasPrefix("lookout.yaml:1:19: "), "\(low)")
        #expect(geteuid() != 0 || low[0].contains("warning: \"listen\": only root may use ports below 1024"), "\(low)")
        #expect(
            try problems("metrics: {listen: \"unix:/nowhere/m.sock\"}") == [
                "lookout.yaml:1:19: warning: the folder /nowhere cannot be written to: no such file or directory"
            ])
    }

    /// A port that somebody uses, who may be the service itself.
    @Test func anAddressInUseIsNoProblem() throws {
        let pages = MetricsPages(metrics: { "" }, readiness: { Readiness(hasModel: true, failures: [], sources: []) })
        let server = try MetricsServer(.loopback(host: "127.0.0.1", port: 0), pages: pages)
        defer { server.stop() }
        #expect(ListenProblem.all(.loopback(host: "127.0.0.1", port: try #require(server.port))).isEmpty)
    }
}
