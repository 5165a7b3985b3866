import Capture
import Testing
import Watch

@testable import Service

/// What is right is read as what it says.
@Suite(.timeLimit(.minutes(10))) struct GoodConfigurationTests {
    private func read(_ yaml: String) throws -> Configuration {
        try ConfigurationFile(yaml: Array(yaml.utf8), path: "lookout.yaml").configuration
    }

    private func source(_ yaml: String, _ name: String = "door") throws -> SourceConfiguration {
        try #require(read(yaml).sources.first { $0.name == name })
    }

    @Test(arguments: [
        "", "\n", "# nothing\n", "---\n", "~", "{}", "\u{FEFF}", "sources:\n", "events:\n\nsources: {}\n", "---\n...\n",
    ])
    func nothingIsTheDefaults(_ yaml: String) throws {
        #expect(try read(yaml) == Configuration())
    }

    @Test func whatIsSaidOfEverything() throws {
        let read = try read(
            """
            model: /srv/model.safetensors
            workers: 4
            groups: {cat: [tabby, "tiger cat"]}
            log: {level: debug, repeat: 5m}
            state: /srv/state
            metrics: {listen: "[::1]:9190", textfile: /srv/a.prom, interval: 1m}
            """)
        var expected = Configuration()
        expected.model = "/srv/model.safetensors"
        expected.workers = 4
        expected.groups = .listed(["cat": ["tabby", "tiger cat"]])
        expected.log.level = .debug
        expected.log.repetition = 300
        expected.state = "/srv/state"
        expected.metrics.listen = .loopback(host: "::1", port: 9190)
        expected.metrics.textfile = "/srv/a.prom"
        expected.metrics.interval = 60
        #expect(read == expected)
    }

    @Test func whereEventsGo() throws {
        let events = try read(
            """
            events:
              log:
                path: /srv/events.jsonl
                rotate_size: 100MB
                rotate_age: 1d
                keep: 3
                max_age: 30d
                free_space: 1GiB
                fsync: interval
                fsync_interval: 500ms
              socket: {path: /run/a.sock, mode: "0600", group: lookout, backlog: 0, reader_buffer: 4000}
              samples: /srv/samples.jsonl
            """
        ).events
        let log = try #require(events.log)
        #expect(log.path == "/srv/events.jsonl" && log.retention.keep == 3)
        #expect(log.rotation.size == 100_000_000 && log.rotation.age == 86_400)
        #expect(log.retention.maxAge == 2_592_000 && log.retention.freeSpace == 1_073_741_824)
        #expect(log.fsync == .interval(0.5))
        let socket = try #require(events.socket)
        #expect(socket.path == "/run/a.sock" && socket.mode == 0o600 && socket.group == "lookout")
        #expect(socket.backlog == 0 && socket.readerBuffer == 4000)
        #expect(events.samples == "/srv/samples.jsonl")
        let none = try read("events: {log: off, socket: off}").events
        #expect(none.log == nil && none.socket == nil)
    }

    @Test func theShortFormOfASource() throws {
        let door = try source("defaults: {fps: 5}\nsources: {door: rtsp://camera.local/stream, yard: /dev/video1}")
        #expect(door.address == .stream(try StreamURL("rtsp://camera.local/stream")))
        #expect(door.isEnabled && door.options.sampling == .rate(5))
    }

    @Test func theLongFormOfASource() throws {
        let door = try source(
            "sources: {door: {address: 'file:/srv/a.mp4?loop', fps: key, enabled: off, fit: pad, grace: 10s}}")
        #expect(door.address == .file(path: "/srv/a.mp4", loops: true))
        #expect(
            !door.isEnabled && door.options.sampling == .keyFrames && door.options.fit == .pad
                && door.options.grace == 10)
        let yard = try source(
            "sources: {door: {address: rtsp://a/b, credentials: yard-camera, transport: udp, video_stream: 2}}")
        #expect(
            yard.credentials == "yard-camera" && yard.options.reception.transport == .udp
                && yard.options.videoStream == 2)
    }

    @Test(arguments: [("{}", 60.0), ("{frozen_after: 5m}", 300), ("{frozen_after: 0}", 0), ("{frozen_after: off}", 0)])
    func whenASourceCountsAsFrozen(_ defaults: String, _ seconds: Double) throws {
        let door = try source("defaults: \(defaults)\nsources: {door: rtsp://camera.local/stream}")
        #expect(door.options.frozenAfter == seconds)
        let own = try source("defaults: \(defaults)\nsources: {door: {address: rtsp://a/b, frozen_after: 2s}}")
        #expect(own.options.frozenAfter == 2)
    }

    @Test func gapsAndLengths() throws {
        let yaml = """
            defaults: {min_gap: 5s, max_length: 1h}
            sources:
              door: {address: rtsp://a/b, max_length: off, overrides: {cat: {min_gap: 1m, max_length: 10m}}}
              yard: {address: rtsp://a/c, min_gap: 0, regions: {gate: {at: [0, 0, 1, 1], min_gap: 1d, max_length: 1ms}}}
            """
        let door = try source(yaml).options.detection
        #expect(door.minimumGap == 5 && door.maximumLength == nil)
        #expect(door.overrides == ["cat": .init(minimumGap: 60, maximumLength: 600)])
        let yard = try source(yaml, "yard").options
        #expect(yard.detection.minimumGap == 0 && yard.detection.maximumLength == 3600)
        #expect(yard.regions[0].changes == .init(minimumGap: 86_400, maximumLength: 0.001))
        let thresholds = yard.regions[0].rules(from: yard.detection).thresholds
        #expect(thresholds.minimumGap == 86_400 && thresholds.maximumLength == 0.001 && thresholds.problem == nil)
    }

    @Test func certificatesOfServers() throws {
        func tls(_ text: String, defaults: String = "{}") throws -> TLSVerification {
            try source("defaults: {tls: \(defaults)}\nsources: {door: {address: rtsps://a/b, tls: \(text)}}").options
                .reception.tls
        }
        let digits = String(repeating: "0a", count: 32)
        let pinned = try #require(CertificateFingerprint(digits))
        #expect(try tls("{}") == .system)
        #expect(try tls("{ca: /srv/ca.pem}") == .authorities(path: "/srv/ca.pem"))
        #expect(try tls("{fingerprint: \(digits)}") == .fingerprint(pinned))
        #expect(
            try tls("{fingerprint: '\(Array(repeating: "0A", count: 32).joined(separator: ":"))'}")
                == .fingerprint(pinned))
        #expect(try tls("{verify: off}") == .off)
        // What a source says takes the place of what the defaults say, and not only of the same key.
        #expect(try tls("{verify: on}", defaults: "{verify: off}") == .system)
        #expect(try tls("{fingerprint: \(digits)}", defaults: "{ca: /srv/ca.pem}") == .fingerprint(pinned))
        #expect(try tls("{}", defaults: "{verify: off}") == .off)
    }

    /// Nobody is warned of a password that is not sent, or only to whom it belongs.
    @Test func aPasswordForWhoeverAnswersIsAWarning() throws {
        func warnings(_ text: String) throws -> [String] {
            try ConfigurationFile(yaml: Array("sources: {door: {\(text)}}".utf8), path: "a").warnings.map(\.text)
        }
        let careless = try warnings("address: rtsps://a/b, credentials: door, tls: {verify: off}")
        #expect(
            careless.count == 1 && careless[0].contains("any server that answers receives the password"), "\(careless)")
        #expect(try warnings("address: rtsps://a/b, tls: {verify: off}").isEmpty)
        #expect(try warnings("address: rtsps://a/b, credentials: door, tls: {ca: /srv/a}").isEmpty)
        #expect(try warnings("address: rtsps://a/b, credentials: door").isEmpty)
    }

    @Test func aSourceComesFirstKeyByKey() throws {
        let yaml = """
            defaults:
              enter: 0.5
              leave: 0.3
              hold: 1s
              motion: {sensitivity: 0.7, masks: {road: [[0, 0], [1, 0], [1, 1]], tree: [[0, 0], [1, 0], [0, 1]]}}
              regions: {gate: {at: [0, 0, 0.5, 1], enter: 0.6}}
              retry: {first: 2s, longest: 8s}
              overrides: {cat: {enter: 0.6, hold: 2s}}
              labels: [cat, dog]
            sources:
              door:
                address: rtsp://a/b
                enter: 0.9
                motion: {minimum_area: 0.1, masks: {road: [[0, 0], [1, 0], [1, 0.5]]}}
                regions: {gate: {clear_after: 9s}, roof: {at: [0, 0, 1, 0.1], labels: all}}
                retry: {longest: 20s}
                overrides: {cat: {hold: 3s}}
                labels: all
              yard: rtsp://a/c
              hall: {address: rtsp://a/d, regions: off, leave: auto, motion: {masks: off}, tiles: {columns: 2, rows: 1}}
            """
        let door = try source(yaml).options
        #expect(
            door.detection.enter == 0.9 && door.detection.leave == 0.3 && door.detection.holdTime == 1
                && door.detection.labels.isEmpty)
        #expect(door.motion.sensitivity == 0.7 && door.motion.minimumArea == 0.1)
        #expect(door.motion.masks.map { $0.points.last?.y } == [1, 0.5], "the tree, and its own road")
        #expect(door.regions.map { $0.area.name } == ["gate", "roof"])
        #expect(door.regions[0].changes == .init(enter: 0.6, clearDelay: 9) && door.regions[0].regions[0].width == 0.5)
        #expect(door.regions[1].labels == [])
        #expect(door.retry.first == 2 && door.retry.longest == 20)
        #expect(door.detection.overrides == ["cat": .init(enter: 0.6, holdTime: 3)])
        let yard = try source(yaml, "yard").options
        #expect(yard.detection.labels == ["cat", "dog"] && yard.regions.count == 1 && yard.motion.masks.count == 2)
        let hall = try source(yaml, "hall").options
        #expect(hall.regions == [RegionRule(.tiles(TileGrid(columns: 2, rows: 1)))])
        #expect(hall.detection.leave == nil && hall.motion.masks.isEmpty)
    }

    @Test func motionIsSwitchedByAWordOrByWhatIsSaidOfIt() throws {
        let yaml = """
            defaults: {motion: off}
            sources:
              door: rtsp://a/b
              yard: {address: rtsp://a/c, motion: {heartbeat: off}}
              hall: {address: rtsp://a/d, motion: on}
            """
        let motions = try read(yaml).sources.map(\.options.motion)
        #expect(motions.map(\.enabled) == [false, true, true])
        #expect(motions.map(\.heartbeat) == [60, nil, 60])
    }

    @Test func whatACameraIsSetTo() throws {
        let camera = try source(
            """
            defaults: {camera: {controls: {brightness: 1, power line frequency: 50 Hz}}}
            sources: {door: {address: /dev/video0, camera: {format: YUYV, size: 640x480, rate: 7.5, controls: {brightness: 2}}}}
            """
        ).options.camera
        #expect(camera.format == "YUYV" && camera.size == PixelSize(width: 640, height: 480) && camera.rate == 7.5)
        #expect(camera.controls == [.init("power line frequency", "50 Hz"), .init("brightness", "2")])
    }

    @Test func aPasswordInAnAddressIsAWarning() throws {
        let file = try ConfigurationFile(
            yaml: Array("sources: {door: rtsp://user:secret@a/b}".utf8), path: "lookout.yaml")
        #expect(
            file.warnings.map(\.description) == [
                "lookout.yaml:1:17: warning: this address contains a user name or a password; \"credentials\" keeps them out of this file"
            ])
        #expect(!"\(file)".contains("secret") && !String(reflecting: file.configuration).contains("secret"))
    }

    @Test(
        arguments: [
            ("0", 0), ("500ms", 0.5), ("10s", 10), ("1.5s", 1.5), ("5m", 300), ("2h", 7200), ("7d", 604_800),
            ("10 s", 10),
            ("10", nil), ("10S", nil), ("s", nil), ("-1s", nil), ("1e3s", nil), ("1h30m", nil), ("", nil), ("1.s", 1),
            ("..s", nil), ("٣s", nil),
        ] as [(String, Double?)])
    func times(_ text: String, _ seconds: Double?) { #expect(Units.seconds(text) == seconds) }

    @Test(
        arguments: [
            ("0", 0), ("100kB", 100_000), ("100MB", 100_000_000), ("1GB", 1_000_000_000), ("1GiB", 1_073_741_824),
            ("1.5kB", 1500),
            ("1TB", 1_000_000_000_000), ("100", nil), ("1KB", nil), ("1mb", nil), ("9999999TB", nil), ("12B", 12),
        ] as [(String, Int?)])
    func sizes(_ text: String, _ bytes: Int?) { #expect(Units.bytes(text) == bytes) }

    @Test(arguments: [0, 0.1, 0.5, 1, 1.5, 60, 90, 3600, 86_400, 604_800])
    func aTimeIsWrittenAsItIsRead(_ seconds: Double) { #expect(Units.seconds(Units.text(seconds: seconds)) == seconds) }
}
