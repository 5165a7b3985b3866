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
        /// Box of the last detection.
        private var observed: BoundingBox
        /// Box of the detection before the last, if the last one did not fit the prediction. It may have been wrong: the
        /// object is then still where it was.
        private(set) var fallback: BoundingBox?

        /// Overlap (IoU) with the prediction below which a detection does not fit.
        private static let fittingOverlap = 0.5
        /// Seconds without a detection with a high score in frames in which the detector searched its place.
        var weak = 0.0
        /// Seconds since the detector searched its place, without frames in which nothing moved.
        private var unsearched = 0.0

        /// Most seconds that count as missed when the detector searches a place again: one look is one miss.
        private static let longestUnsearched = 2.0

        init(_ track: Track, filter: MotionFilter) {
            self.track = track
            self.filter = filter
            observed = track.box
        }

        /// Corrects the place by a detection.
        mutating func correct(_ box: BoundingBox) {
            let fits = filter.box.intersectionOverUnion(with: box) >= Self.fittingOverlap
            fallback = fits ? nil : observed
            track.placeBefore = fallback
            observed = box
            filter.update(box)
        }

        /// Adds a detection.
        mutating func found(isHigh: Bool) {
            track.missedTime = 0
            weak = isHigh ? 0 : weak + min(unsearched, Self.longestUnsearched)
            unsearched = 0
        }

        /// Adds a frame without a detection.
        mutating func miss(_ elapsed: Double, isSearched: Bool) {
            unsearched += elapsed
            guard isSearched else { return }
            let time = max(elapsed, min(unsearched, Self.longestUnsearched))
            track.missedTime += time
            weak += time
            unsearched = 0
        }
    }

    package init(settings: TrackerSettings = TrackerSettings()) { self.settings = settings }

    /// All tracks that are alive, in order of their numbers. Those that are not confirmed are among them.
    package var tracks: [Track] { states.map(\.track) }

    /// Takes the detections of a sample.
    ///
    /// - Parameters:
    ///   - detections: objects of the sample, in any order. Those without a finite box that has an area are left out.
    ///   - coverage: regions that the detector searched; `nil` for the whole frame. A track that it did not search is
    ///     not missed.
    ///   - time: time of the sample. Only the monotonic clock is used.
    /// - Returns: confirmed tracks that ended now.
    package mutating func observe(
        _ detections: [ObjectDetection], coverage: Coverage? = nil, at time: SampleTime
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
    private mutating func miss(_ elapsed: Double, _ coverage: Coverage?) {
        for index in states.indices {
            if !states[index].track.isDetected {
                states[index].filter.keepSize()
                let isSearched = coverage?.shows(states[index].filter.box) ?? true
                states[index].miss(elapsed, isSearched: isSearched)
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
        guard track.isConfirmed else { return track.missedTime > settings.unconfirmedMissTime }
        let age = track.lastSeen.monotonic - track.firstSeen.monotonic - state.weak
        guard age >= settings.settledTime else {
            return track.missedTime > settings.missTime || state.weak > settings.lowScoreTime
        }
        return track.missedTime > settings.settledMissTime || state.weak > settings.settledLowScoreTime
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
            let track = Track(number: nextNumber, detection, at: time)
            states.append(State(track, filter: MotionFilter(detection.box, noise: settings.noise)))
            nextNumber += 1
        }
    }
}
