import Foundation
import Glibc
import TestSupport
import Testing

/// `lookout run`: the service, by itself and with somebody who plays its manager.
@Suite(.enabled(if: Lookout.hasMedia, Lookout.noMedia), .timeLimit(.minutes(20))) struct RunTests {
    private static let street =
        "  street: {address: \"file:\(Lookout.bikes)?loop\", fps: 5, motion: off, enter: 0.2, hold: 0s}"

    private func withService(_ body: (ServiceProcess) throws -> Void) throws {
        try Lookout.withFolder { folder in
            let service = try ServiceProcess(in: folder)
            defer { service.kill(SIGKILL) }
            try body(service)
        }
    }

    @Test func itIsReadyWhenEverySourceHasBeenTriedAndStopsInOrder() throws {
        try withService { service in
            try service.configure(Self.street + "\n  gone: rtsp://127.0.0.1:1/x")
            try service.start()
            try service.requireTold("READY=1")
            try service.requireTold("STATUS=street ")
            #expect(service.errors.contains("gone: connection refused; trying again"))
            try service.require("an event") { try service.events().contains { $0["type"] as? String == "start" } }
            #expect(service.kill(SIGTERM) == 0)
            try service.requireTold("STOPPING=1")
            let events = try service.events()
            #expect(
                events.count { $0["type"] as? String == "start" } == events.count { $0["type"] as? String == "end" })
            #expect(events.compactMap { $0["seq"] as? Int } == Array(1...events.count))
        }
    }

    /// They are hardly ever seen to be away: each attempt hangs until its time-out, and the next begins at once.
    @Test func camerasThatTakeConnectionsAndSayNothingDoNotKeepItFromBeingReady() throws {
        try withService { service in
            let silent = try FaultServer(.silence)
            defer { silent.stop() }
            let options = "connect_timeout: 1.5s, read_timeout: 2s"
            try service.configure(
                "  one: {address: \"\(silent.url)\", \(options)}\n  two: {address: \"\(silent.url)\", \(options)}")
            try service.start()
            try service.requireTold("READY=1")
            #expect(service.errors.contains("one: no answer, or no video, for 1.5 s; trying again"))
            #expect(service.kill(SIGTERM) == 0)
        }
    }

    @Test(.disabled(if: Lookout.isSlow, Lookout.slow)) func aNewConfigurationTouchesOnlyWhatHasChanged() throws {
        try withService { service in
            try service.configure(Self.street, countsPictures: true)
            try service.start()
            try service.requireTold("READY=1")
            try service.require("samples") { try service.samples(of: "street").count > 10 }

            let second = Self.street.replacingOccurrences(of: "street", with: "second")
            try service.configure(Self.street + "\n" + second, countsPictures: true)
            service.signal(SIGHUP)
            try service.requireTold("RELOADING=1\nMONOTONIC_USEC=")
            try service.requireTold("READY=1")
            try service.require("the second source") { try service.samples(of: "second").count > 5 }

            try service.configure(Self.street + "\n  third: {address: /dev/video9, fsp: 3}", countsPictures: true)
            service.signal(SIGHUP)
            try service.requireTold("READY=1")
            try service.require("a complaint") {
                service.errors.contains("not adopted; the previous configuration stays in use")
            }
            #expect(service.errors.contains(#"unknown key "fsp"; did you mean "fps"?"#))
            let count = try service.samples(of: "second").count
            try service.require("more of the second") { try service.samples(of: "second").count > count + 3 }

            try service.configure(Self.street, countsPictures: true)
            service.signal(SIGHUP)
            try service.requireTold("READY=1")
            let after = try service.samples(of: "street").count
            try service.require("more of the street") { try service.samples(of: "street").count > after + 10 }
            try requireThatNothingIsMissing(of: "street", service)
            #expect(service.kill(SIGTERM) == 0)
        }
    }

    /// Five frames a second, from the first to the last: each was looked at, or gave way to a newer one on a machine
    /// with much else to do, and was counted. This is so however long anything takes.
    private func requireThatNothingIsMissing(of source: String, _ service: ServiceProcess) throws {
        let seen = try service.samples(of: source)
        var dropped = 0
        try service.require("newer numbers") {
            dropped = try service.pictures("samples_dropped_total", of: source)
            // Some may be on their way.
            return try service.pictures("frames_sampled_total", of: source) > seen.count + dropped + 5
        }
        #expect(try service.pictures("source_reconnects_total", of: source) == 0)
        let steps = zip(seen, seen.dropFirst()).map { Int((($1 - $0) * 5).rounded()) }
        #expect(steps.allSatisfy { $0 > 0 })
        #expect(steps.reduce(0) { $0 + $1 - 1 } <= dropped, "\(seen)")
    }

    /// The configuration says where the groups are; that it is the same as before does not mean that they are.
    @Test(.disabled(if: Lookout.isSlow, Lookout.slow)) func groupsThatHaveChangedInTheirFileAreNoticed() throws {
        try withService { service in
            let groups = service.folder + "/groups.json"
            try Data(#"{"vehicle": ["minivan"]}"#.utf8).write(to: URL(fileURLWithPath: groups))
            try service.configure(Self.street, more: "groups: \(groups)", countsPictures: true)
            try service.start()
            try service.requireTold("READY=1")
            try service.require("samples") { try service.samples(of: "street").count > 3 }
            try Data(#"{"thing": ["minivan", "streetcar", "cab", "trolleybus"]}"#.utf8).write(
                to: URL(fileURLWithPath: groups))
            service.signal(SIGHUP)
            try service.require("an event of the new group") {
                try service.events().contains { $0["group"] as? String == "thing" }
            }
            #expect(try service.pictures("source_reconnects_total", of: "street") == 0)
            #expect(service.kill(SIGTERM) == 0)
        }
    }

    @Test func numbersGoOnAfterAKillAndNothingStaysOpen() throws {
        try withService { service in
            try service.configure(Self.street)
            var numbers: [Int] = []
            for _ in 0..<2 {
                try service.start()
                try service.requireTold("READY=1")
                let before = try service.events().count
                try service.require("an event that is open") {
                    let events = try service.events()
                    let open =
                        events.count { $0["type"] as? String == "start" }
                        - events.count { $0["type"] as? String == "end" }
                    return events.count > before && open > 0
                }
                service.kill(SIGKILL)
            }
            try service.start()
            try service.requireTold("READY=1")
            #expect(service.kill(SIGTERM) == 0)
            let events = try service.events()
            numbers = events.compactMap { $0["seq"] as? Int }
            #expect(zip(numbers, numbers.dropFirst()).allSatisfy { $0 < $1 }, "\(numbers)")
            let starts = events.filter { $0["type"] as? String == "start" }.compactMap { $0["id"] as? String }
            let ends = events.filter { $0["type"] as? String == "end" }.compactMap { $0["id"] as? String }
            #expect(starts.sorted() == ends.sorted())
            #expect(events.contains { $0["reason"] as? String == "restart" })
        }
    }

    @Test func aRotatedLogIsBegunAnewAndLosesNothing() throws {
        try withService { service in
            try service.configure(Self.street)
            try service.start()
            try service.require("an event") { try !service.events().isEmpty }
            #expect(rename(service.log, service.log + ".old") == 0)
            #expect(rename(service.folder + "/samples", service.folder + "/samples.old") == 0)
            service.signal(SIGUSR1)
            try service.require("an event in the new file") { try !service.events().isEmpty }
            try service.require("a sample in the new file") { try !service.samples(of: "street").isEmpty }
            #expect(service.kill(SIGTERM) == 0)
            let old = try String(contentsOfFile: service.log + ".old", encoding: .utf8).split(separator: "\n").count
            let first = try #require(try service.events().first?["seq"] as? Int)
            #expect(first == old + 1)
        }
    }

    @Test func aConfigurationThatIsWrongEndsItAtOnce() throws {
        try withService { service in
            let outcome = try Lookout.run("run", service.folder + "/nothing.yaml")
            #expect(outcome.status == EX_NOINPUT)
            try service.configure("  a: {address: rtsp://camera/x, fps: 0}\n  b: {adress: rtsp://camera/x}")
            let wrong = try Lookout.run("run", service.configuration)
            #expect(wrong.status == EX_CONFIG)
            #expect(wrong.complaints.count >= 2, "all at once: \(wrong.errors)")
            try service.configure("  a: rtsp://camera/x", more: "workers: 1")
            var text = try String(contentsOfFile: service.configuration, encoding: .utf8)
            text = text.replacingOccurrences(of: Lookout.model, with: "nonexistent")
            try Data(text.utf8).write(to: URL(fileURLWithPath: service.configuration))
            let modelless = try Lookout.run("run", service.configuration)
            #expect(modelless.status == EX_CONFIG)
            #expect(modelless.errors.contains("nonexistent: there is no such model; "))
        }
    }
}
