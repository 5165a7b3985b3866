@testable import Events

/// Cats and dogs that come and go in front of doors: a script of events for tests.
struct Scene {
    /// What happens at a step.
    enum Step: Equatable {
        case comes(Int)
        case stays(Int)
        case goes(Int)
    }

    private static let composers = (0..<4).map { door in
        EventComposer(
            source: "door\(door)", region: "full", model: "m", labels: ["nothing", "tabby cat"],
            targets: [LabelTarget(classes: [1], group: "cat", thresholds: Thresholds(holdTime: 0, clearDelay: 0))])
    }
    private var detectors = Scene.composers.map { EventDetector(targets: $0.targets) }
    private var time = 0.0

    /// Two that overlap, one that comes again, one that stays to the end.
    static let script: [Step] = [
        .comes(0), .comes(1), .stays(0), .goes(1), .comes(2), .stays(2), .goes(0), .comes(1), .stays(1), .goes(1),
        .comes(0), .goes(0), .comes(3), .goes(2), .stays(3), .comes(1),
    ]

    /// The event of a step; for `stays`, one that is only told as progress.
    mutating func event(_ step: Step) -> Event {
        time += 1
        let time = SampleTime(media: time, epoch: Fixture.time(0))
        switch step {
        case .comes(let door), .goes(let door):
            let score: Float = if case .comes = step { 0.75 } else { 0 }
            let change = detectors[door].observe(scores: [0, score], at: time)[0]
            return Self.composers[door].event(for: change)
        case .stays(let door):
            _ = detectors[door].observe(scores: [0, 0.875], at: time)
            return Self.composers[door].event(for: .updated(detectors[door].present[0]))
        }
    }
}

/// What must hold of a log, whatever happened to the program.
struct LogBook {
    var starts: [String] = []
    var ends: [String] = []
    var numbers: [Int] = []
    /// Ends of what never began.
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

    /// What is wrong with it; nil if all is as it should be.
    var problem: String? {
        if zip(numbers, numbers.dropFirst()).contains(where: { $0 >= $1 }) { return "numbers do not go up: \(numbers)" }
        if Set(starts).count != starts.count { return "a start twice" }
        if Set(ends).count != ends.count { return "an end twice" }
        if !strays.isEmpty { return "an end without a start" }
        let open = Set(starts).subtracting(ends)
        return open.isEmpty ? nil : "a start without an end: \(open)"
    }
}
