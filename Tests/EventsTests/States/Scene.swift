@testable import Events

/// Script of events for tests: labels that appear and disappear in front of doors.
struct Scene {
    /// A step of the script.
    enum Step: Equatable {
        case appears(Int)
        case stays(Int)
        case disappears(Int)
    }

    private static let composers = (0..<4).map { door in
        EventComposer(
            source: "door\(door)", region: "full", model: "m", labels: ["nothing", "tabby cat"],
            targets: [LabelTarget(classes: [1], group: "cat", thresholds: Thresholds(holdTime: 0, clearDelay: 0))])
    }
    private var detectors = Scene.composers.map { EventDetector(targets: $0.targets) }
    private var time = 0.0

    /// Two events that overlap, one that starts again, one that is open at the end.
    static let script: [Step] = [
        .appears(0), .appears(1), .stays(0), .disappears(1), .appears(2), .stays(2), .disappears(0), .appears(1),
        .stays(1), .disappears(1),
        .appears(0), .disappears(0), .appears(3), .disappears(2), .stays(3), .appears(1),
    ]

    /// Returns the event of a step; for `stays`, one without a record.
    mutating func event(_ step: Step) -> Event {
        time += 1
        let time = SampleTime(media: time, epoch: Fixture.time(0))
        switch step {
        case .appears(let door), .disappears(let door):
            let score: Float = if case .appears = step { 0.75 } else { 0 }
            let change = detectors[door].observe(scores: [0, score], at: time)[0]
            return Self.composers[door].event(for: change)
        case .stays(let door):
            _ = detectors[door].observe(scores: [0, 0.875], at: time)
            return Self.composers[door].event(for: .updated(detectors[door].present[0]))
        }
    }
}

/// Invariants of a log after any number of restarts.
struct LogBook {
    var starts: [String] = []
    var ends: [String] = []
    var numbers: [Int] = []
    /// Ends without a start.
    var strays: [String] = []
    var restarts = 0

    init(_ lines: [LoggedLine]) {
        for line in lines {
            numbers.append(line.seq)
            guard let id = line.id else { continue }
            if line.type == "start" { starts.append(id) }
            guard line.type == "end" else { continue }
            if !starts.contains(id) { strays.append(id) }
            ends.append(id)
            if line.reason == "restart" { restarts += 1 }
        }
    }

    /// The first violated invariant; nil if there is none.
    var problem: String? {
        if zip(numbers, numbers.dropFirst()).contains(where: { $0 >= $1 }) { return "numbers do not go up: \(numbers)" }
        if Set(starts).count != starts.count { return "a start twice" }
        if Set(ends).count != ends.count { return "an end twice" }
        if !strays.isEmpty { return "an end without a start" }
        let open = Set(starts).subtracting(ends)
        return open.isEmpty ? nil : "a start without an end: \(open)"
    }
}
