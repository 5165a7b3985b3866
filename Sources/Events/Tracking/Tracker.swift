import Basics

/// Follows objects over the frames of a source: each has one number and one label.
///
/// The tracker associates detections in two passes, as ByteTrack does (Zhang et al. 2022): high scores first, then low
/// scores. It is deterministic: the same detections and times give the same tracks. A time that goes backwards counts as
/// no time.
package struct Tracker: Sendable {
    package internal(set) var settings: TrackerSettings
    var states: [State] = []
    private var time: Double?
    private var nextNumber = 0

    /// A track and what only the tracker needs.
    struct State: Sendable {
        var track: Track
        var filter: MotionFilter
        /// Seconds without a detection in frames in which the detector searched its place.
        var missed = 0.0
        /// Seconds without a detection with a high score in frames in which the detector searched its place.
        var weak = 0.0
    }

    package init(settings: TrackerSettings = TrackerSettings()) { self.settings = settings }

    /// All tracks that are alive, in order of their numbers. Those that are not confirmed are among them.
    package var tracks: [Track] { states.map(\.track) }

    /// Takes the detections of a sample.
    ///
    /// - Parameters:
    ///   - detections: objects of the sample, in any order. Those without a finite box that has an area are left out.
    ///   - coverage: boxes that the detector searched; `nil` for the whole frame. A track outside of all of
    ///     them is not missed.
    ///   - time: time of the sample. Only the monotonic clock is used.
    /// - Returns: confirmed tracks that ended now.
    package mutating func observe(
        _ detections: [ObjectDetection], coverage: [BoundingBox]? = nil, at time: SampleTime
    ) -> [Track] {
        let elapsed = advance(to: time)
        for index in states.indices {
            states[index].filter.predict(time: elapsed)
            states[index].track.isDetected = false
        }
        let usable = usable(detections)
        let isAssociated = associate(usable, at: time)
        miss(elapsed, coverage)
        let ended = removeEnded()
        start(usable, isAssociated, at: time)
        return ended
    }

    /// Takes a frame in which nothing moves: nothing was detected for that reason. Tracks persist, and stand still.
    package mutating func hold(at time: SampleTime) {
        _ = advance(to: time)
        for index in states.indices {
            states[index].filter.stop()
            states[index].track.velocity = Point(x: 0, y: 0)
        }
    }

    /// Returns where the tracks will be at a time of the monotonic clock, in the order of ``tracks``.
    package func predictedBoxes(at monotonic: Double) -> [BoundingBox] {
        let elapsed = time.map { monotonic - $0 } ?? 0
        return states.map { state in
            var filter = state.filter
            filter.predict(time: elapsed.isFinite ? elapsed : 0)
            return filter.box
        }
    }

    /// Ends all tracks.
    ///
    /// - Returns: those that are confirmed.
    package mutating func finish() -> [Track] {
        defer { states = [] }
        return tracks.filter(\.isConfirmed)
    }

    /// Returns the seconds since the last frame.
    private mutating func advance(to sample: SampleTime) -> Double {
        let elapsed = time.map { sample.monotonic - $0 } ?? 0
        if sample.monotonic.isFinite { time = sample.monotonic }
        return elapsed.isFinite ? max(0, elapsed) : 0
    }

    /// Counts the time of tracks that were not detected where the detector searched.
    private mutating func miss(_ elapsed: Double, _ coverage: [BoundingBox]?) {
        for index in states.indices {
            if !states[index].track.isDetected {
                states[index].filter.keepSize()
                let center = states[index].filter.box.center
                if coverage?.contains(where: { $0.contains(center) }) ?? true {
                    states[index].missed += elapsed
                    states[index].weak += elapsed
                }
            } else if states[index].track.score < settings.highScore {
                states[index].weak += elapsed
            }
            let filter = states[index].filter
            states[index].track.box = filter.box
            states[index].track.velocity = Point(x: filter.x.velocity, y: filter.y.velocity)
        }
    }

    /// Removes tracks without a detection for too long.
    ///
    /// - Returns: those that were confirmed.
    private mutating func removeEnded() -> [Track] {
        let ended = states.filter(isOver)
        guard !ended.isEmpty else { return [] }
        states = states.filter { !isOver($0) }
        return ended.map(\.track).filter(\.isConfirmed)
    }

    /// Whether a track has had no detection, or none with a high score, for too long.
    private func isOver(_ state: State) -> Bool {
        let track = state.track
        guard track.isConfirmed else { return state.missed > settings.unconfirmedMissTime }
        let age = track.lastSeen.monotonic - track.firstSeen.monotonic - state.weak
        guard age >= settings.settledTime else {
            return state.missed > settings.missTime || state.weak > settings.lowScoreTime
        }
        return state.missed > settings.settledMissTime || state.weak > settings.settledLowScoreTime
    }

    /// Starts tracks of detections with high scores that belong to none, and are no duplicates.
    private mutating func start(_ detections: [ObjectDetection], _ isAssociated: [Bool], at time: SampleTime) {
        var known = detections.indices.filter { isAssociated[$0] }
        for index in detections.indices where !isAssociated[index] {
            let detection = detections[index]
            guard detection.score >= settings.highScore, states.count < settings.maximumTracks else { continue }
            let isDuplicate = known.contains {
                detections[$0].box.intersectionOverUnion(with: detection.box) >= settings.duplicateOverlap
            }
            guard !isDuplicate else { continue }
            known.append(index)
            let track = Track(
                number: nextNumber, label: detection.label, score: detection.score, box: detection.box,
                isConfirmed: false, isDetected: true, firstSeen: time, lastSeen: time,
                votes: [detection.label: detection.score])
            states.append(State(track: track, filter: MotionFilter(detection.box, noise: settings.noise)))
            nextNumber += 1
        }
    }
}

extension BoundingBox {
    /// Whether a point lies in the box or on its edge.
    fileprivate func contains(_ point: Point) -> Bool {
        (x...max(x, right)).contains(point.x) && (y...max(y, bottom)).contains(point.y)
    }
}
