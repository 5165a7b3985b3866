import Basics

/// Turns the detections of samples into events of objects: tracking, filters, zones and lines.
///
/// A value without a clock: the time is an argument. The same samples always give the same events, from a camera or a
/// recording, at any speed. Each object has exactly one `started`, once it is confirmed, and exactly one `ended`.
package struct ObjectEventDetector: Sendable {
    private var rules: ObjectRules
    /// Follows the objects, reported or not.
    package private(set) var tracker: Tracker
    /// Objects by track number.
    private var lives: [Int: ObjectLife] = [:]
    /// Votes of the second stage by track number.
    private var votes: [Int: ClassVotes] = [:]
    /// Objects of which tracks are parts, by track number.
    private var wholes: [Int: Int] = [:]
    private var lastTime: Double?
    /// Seconds between the last two samples.
    private var lastInterval = 0.0
    private var crossings: [LineCount: Int] = [:]

    /// A line in one direction, for objects of one class.
    package struct LineCount: Hashable, Sendable {
        package var line: String
        package var direction: String
        package var label: Int
    }

    /// Objects of one class in a zone, or in the whole frame.
    package struct Occupancy: Equatable, Sendable {
        /// Name of the zone; `nil` for the whole frame.
        package var zone: String?
        package var label: Int
        package var count: Int
    }

    /// Tolerance of comparisons of times, in seconds.
    private static let tolerance = 0.0015
    /// Age of an object, in seconds, from which it is reported without the votes of a classifier.
    private static let longestIdentification = 2.0
    /// Longest pause between samples over which objects stay, in seconds.
    private static let longestBridgedPause = 30.0

    package init(settings: ObjectSettings) {
        rules = ObjectRules(settings)
        tracker = Tracker(settings: settings.tracking)
    }

    // MARK: - Samples

    /// Adds a sample.
    ///
    /// - Parameters:
    ///   - detections: objects that the detector found.
    ///   - coverage: regions that it searched; `nil` for the whole frame.
    ///   - classifications: what the classifier of the second stage says of tracked objects.
    ///   - time: time of the sample. If the monotonic time runs backwards, all objects end with the reason
    ///     `source_lost`.
    /// - Returns: the changes, ends first.
    package mutating func observe(
        _ detections: [ObjectDetection], coverage: Coverage? = nil, classifications: [ObjectClassification] = [],
        at time: SampleTime
    ) -> [ObjectChange] {
        var changes = advance(to: time)
        for classification in classifications { add(classification, at: time) }
        let wanted = detections.filter { rules.isWanted($0.label) && !rules.masks($0.box) }
        let ended = tracker.observe(wanted, coverage: coverage, at: time)
        for track in ended { changes += end(track.number, .cleared) }
        let tracks = tracker.tracks
        let alive = Set(tracks.map(\.number))
        for number in lives.keys.sorted() where !alive.contains(number) { changes += end(number, .cleared) }
        votes = votes.filter { alive.contains($0.key) }
        for track in tracks where track.isDetected { changes += observe(identified(track), at: time) }
        return count(changes)
    }

    private mutating func observe(_ track: IdentifiedTrack, at time: SampleTime) -> [ObjectChange] {
        let number = track.track.number
        let isFirst = lives[number] == nil
        // An object that is too small begins when it is no longer.
        if isFirst, !rules.reports(track.track) { return [] }
        let isPart = isPart(track)
        return lives[number, default: ObjectLife(track.track, start: time)]
            .observe(track, at: time, isFirst: isFirst, isPart: isPart, rules)
    }

    // MARK: - Parts of objects that the detector does not know

    /// Common area from which two objects that the detector does not know are one, as a fraction of the smaller one.
    private static let commonArea = 0.3

    /// Whether a track is a part of another object.
    ///
    /// A detector that does not know animals finds parts of one, which come and go. They are one object, for as long as it
    /// is there.
    private mutating func isPart(_ track: IdentifiedTrack) -> Bool {
        let number = track.track.number
        guard track.isUnknown, lives[number]?.isOpen != true else { return false }
        if let whole = wholes[number], lives[whole] != nil { return true }
        let box = track.track.box
        let neighbour = lives.filter { other, life in
            guard other != number, life.isUnknown, life.isOpen || wholes[other] != nil,
                let common = life.object.box.intersection(with: box)?.area
            else { return false }
            return common >= Self.commonArea * min(life.object.box.area, box.area)
        }.keys.min()
        // A part of a part is a part of the whole.
        wholes[number] = neighbour.flatMap { wholes[$0] ?? $0 }
        return wholes[number] != nil
    }

    /// Lets an object go on as one of its parts that is still there.
    ///
    /// - Parameter number: track that has ended.
    /// - Returns: whether there is one.
    private mutating func goOn(_ life: ObjectLife, after number: Int) -> Bool {
        let parts = wholes.filter { $0.value == number && lives[$0.key]?.isOpen == false }.keys.sorted()
        guard life.isOpen, let part = parts.first else { return false }
        lives[part] = life
        lives[part]?.goOn()
        wholes[part] = nil
        for other in parts.dropFirst() { wholes[other] = part }
        if let votes = votes[number] { self.votes[part, default: ClassVotes()].add(votes) }
        return true
    }

    /// Adds a frame that shows what the last sample showed. Objects stay where they are.
    ///
    /// - Parameter time: as for ``observe(_:coverage:at:)``.
    package mutating func hold(at time: SampleTime) -> [ObjectChange] {
        var changes = advance(to: time)
        tracker.hold(at: time)
        for track in tracker.tracks where track.isDetected {
            let track = identified(track)
            changes += lives[track.track.number]?.hold(track, at: time, rules) ?? []
        }
        return count(changes)
    }

    /// Ends all objects, and starts over. Counts of lines stay.
    package mutating func finish(_ reason: EndReason) -> [ObjectChange] {
        lastTime = nil
        lastInterval = 0
        return count(endAll(reason))
    }

    /// Replaces the rules. Objects stay; visits of zones that are not there any more end. Counts of lines that have the
    /// same name stay.
    package mutating func replace(_ settings: ObjectSettings) -> [ObjectChange] {
        let old = rules.settings
        rules = ObjectRules(settings)
        tracker.settings = settings.tracking
        let lines = Set(settings.lines.map(\.name))
        crossings = crossings.filter { lines.contains($0.key.line) }
        var changes: [ObjectChange] = []
        for number in lives.keys.sorted() { changes += lives[number]?.replace(old, with: settings) ?? [] }
        return changes
    }

    // MARK: - State

    /// Objects that have been reported and have not ended, in the order in which they appeared.
    package var present: [TrackedObject] {
        lives.sorted { $0.key < $1.key }.map(\.value).filter(\.isOpen).map(\.object)
    }

    /// Whether the next frame should be a sample even without motion: there is none yet, or an object is urgent, or was
    /// missing when it was searched. Objects that the filters reject ask for none.
    package var wantsSample: Bool {
        lastTime == nil || tracker.tracks.contains { isRelevant($0) && $0.missedTime > 0 || isUrgent($0) }
    }

    /// Whether the detector should search an object in the next frame even without motion: it is not confirmed or not
    /// identified yet, or it would cross a line, enter or leave a zone, or move because of a single sample.
    package func isUrgent(_ track: Track) -> Bool {
        guard isRelevant(track) else { return false }
        return !track.isConfirmed || !identified(track).isIdentified || lives[track.number]?.wantsSample ?? false
    }

    /// Whether an object is reported, or would be once it is confirmed.
    private func isRelevant(_ track: Track) -> Bool {
        lives[track.number]?.isOpen == true || rules.mayReport(track)
    }

    /// Objects in the frame and in each zone, by class. Objects that are not there any more count until they end.
    package var occupancy: [Occupancy] {
        var counts: [String?: [Int: Int]] = [:]
        for life in lives.values where life.isOpen {
            counts[nil, default: [:]][life.object.label, default: 0] += 1
            for zone in life.zonesInside { counts[zone, default: [:]][life.object.label, default: 0] += 1 }
        }
        return ([nil] + rules.settings.zones.map { Optional($0.name) }).flatMap { zone in
            (counts[zone] ?? [:]).sorted { $0.key < $1.key }.map {
                Occupancy(zone: zone, label: $0.key, count: $0.value)
            }
        }
    }

    /// Crossings so far of each line, direction and class.
    package var lineCounts: [(LineCount, Int)] {
        crossings.sorted {
            ($0.key.line, $0.key.direction, $0.key.label) < ($1.key.line, $1.key.direction, $1.key.label)
        }
        .map { ($0.key, $0.value) }
    }

    /// Areas of the rules.
    package var areas: (zones: [Zone], lines: [CountingLine], masks: [Polygon]) {
        (rules.settings.zones, rules.settings.lines, rules.settings.masks)
    }

    /// Group of a class; `nil` if it is in none.
    package func group(of label: Int) -> String? { rules.group(of: label) }

    // MARK: - Second stage

    private mutating func add(_ classification: ObjectClassification, at time: SampleTime) {
        guard rules.settings.classification != nil, let track = track(of: classification, at: time.monotonic) else {
            return
        }
        votes[track.number, default: ClassVotes()]
            .add(classification.scores, area: track.box.clampedToFrame.area, at: time.monotonic)
    }

    /// Common area with the classified place, as IoU, from which a track is the classified one.
    private static let leastOverlap = 0.5

    /// Returns the track that was classified: the one of that number if it is at that place, otherwise another one that is.
    private func track(of classification: ObjectClassification, at time: Double) -> Track? {
        let tracks = tracker.tracks
        let numbered = tracks.firstIndex { $0.number == classification.track }
        guard let box = classification.box else { return numbered.map { tracks[$0] } }
        let overlaps = tracker.predictedBoxes(at: time).map { $0.intersectionOverUnion(with: box) }
        if let numbered, overlaps[numbered] >= Self.leastOverlap { return tracks[numbered] }
        let best = overlaps.indices.max { overlaps[$0] < overlaps[$1] }
        return best.flatMap { overlaps[$0] >= Self.leastOverlap ? $0 : numbered }.map { tracks[$0] }
    }

    /// Whether the classifier should classify an object in the next frame.
    ///
    /// - Parameter time: time of the frame, in seconds of the monotonic clock.
    package func wantsClassification(of track: Track, at time: Double) -> Bool {
        guard rules.settings.classification != nil, track.missedTime == 0, track.score >= tracker.settings.highScore
        else {
            return false
        }
        return votes[track.number, default: ClassVotes()].wantsMore(at: time)
    }

    /// Returns a track with the label and the attributes that the votes give it.
    private func identified(_ track: Track) -> IdentifiedTrack {
        guard let classification = rules.settings.classification else { return IdentifiedTrack(track: track) }
        let votes = votes[track.number, default: ClassVotes()]
        var result = IdentifiedTrack(track: track)
        result.track.label = classification.label(track.label, votes)
        result.isUnknown = result.track.label >= classification.detectorLabels
        result.attributes = classification.attributes(votes)
        // A classifier that does not answer must not hide an object.
        let age = track.lastSeen.monotonic - track.firstSeen.monotonic
        result.isIdentified = votes.count >= ClassVotes.enough || age >= Self.longestIdentification
        return result
    }

    // MARK: - Parts

    private mutating func advance(to time: SampleTime) -> [ObjectChange] {
        var changes: [ObjectChange] = []
        if let lastTime {
            let elapsed = time.monotonic - lastTime
            if elapsed < -Self.tolerance { changes += endAll(.sourceLost) }
            // After a pause that is much longer than usual it is unknown whether the objects stayed.
            if elapsed > max(Self.longestBridgedPause, 10 * lastInterval) { changes += endAll(.cleared) }
            lastInterval = max(0, elapsed)
        }
        lastTime = time.monotonic
        return changes
    }

    private mutating func endAll(_ reason: EndReason) -> [ObjectChange] {
        _ = tracker.finish()
        votes = [:]
        wholes = [:]
        return lives.keys.sorted().flatMap { end($0, reason) }
    }

    private mutating func end(_ number: Int, _ reason: EndReason) -> [ObjectChange] {
        guard var life = lives.removeValue(forKey: number) else { return [] }
        wholes[number] = nil
        if reason == .cleared, goOn(life, after: number) { return [] }
        return life.finish(reason, rules)
    }

    private mutating func count(_ changes: [ObjectChange]) -> [ObjectChange] {
        for case .crossed(let object, let line, let direction, _) in changes {
            crossings[LineCount(line: line, direction: direction, label: object.label), default: 0] += 1
        }
        return changes
    }
}
