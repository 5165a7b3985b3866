import Basics
import Capture

/// Plans the regions of each frame that the network gets: crops around motion and tracked objects, and the whole frame at
/// its own rate.
///
/// A crop stays where it is as long as its objects fit into it. If there are more crops than the budget allows, they take
/// turns: each one waits in proportion to its weight (weighted fair queuing). An object that does not move is inspected
/// from time to time, an object that is not detected less and less often.
///
/// It is a value without a clock, and depends only on its arguments: the same frames give the same crops.
package struct CropPlanner: Sendable, Codable {
    private let settings: CropSettings
    private let rule: CropRule
    /// Crops that had an object or motion within the last ``linger`` seconds, in the order of their creation.
    private var current: [CurrentCrop] = []
    private var frame: PixelSize?
    private var lastPlan: Double?
    private var lastWholeFrame: Double?

    /// Seconds for which an unused crop keeps its place.
    private static let linger = 2.0
    /// Tolerance for time stamps, in seconds.
    private static let slack = 0.001

    /// - Parameter settings: valid settings.
    package init(settings: CropSettings, rule: CropRule = CropRule()) {
        self.settings = settings
        self.rule = rule
    }

    /// Forgets the frames before.
    package mutating func reset() {
        current = []
        frame = nil
        lastPlan = nil
        lastWholeFrame = nil
    }

    /// Plans the regions of a frame.
    ///
    /// - Parameters:
    ///   - frame: size of the upright frame, in square pixels. A new size resets the planner.
    ///   - motion: places of motion.
    ///   - objects: objects of the tracker, in any order.
    ///   - time: time of the frame, in seconds; not before that of the last plan.
    package mutating func plan(
        frame: PixelSize, motion: [BoundingBox], objects: [PredictedObject], at time: Double
    ) -> CropPlan {
        if self.frame != frame { reset() }
        self.frame = frame
        defer { lastPlan = time }
        guard settings.budget > 0, rule.mostSide(in: frame) >= rule.leastSide else {
            return .onlyWholeFrame
        }
        let targets = CropTarget.targets(motion: motion, objects: objects, frame: frame)
        let large = targets.filter { isLarge($0, frame) }
        let hasWholeFrame = isWholeFrameDue(for: large, at: time)
        if hasWholeFrame { lastWholeFrame = time }
        place(targets.filter { !isLarge($0, frame) }, frame, at: time)
        return CropPlan(hasWholeFrame: hasWholeFrame, crops: choose(at: time))
    }

    // MARK: - Whole frame

    private func isLarge(_ target: CropTarget, _ frame: PixelSize) -> Bool {
        rule.side(forLongSide: target.box.longSide) >= rule.wholeFrame * Double(rule.mostSide(in: frame))
    }

    private func isWholeFrameDue(for large: [CropTarget], at time: Double) -> Bool {
        guard let lastWholeFrame else { return true }
        let waiting = time - lastWholeFrame + Self.slack
        return waiting >= settings.wholeFrameInterval || large.contains { waiting >= $0.interval }
    }

    // MARK: - Places

    /// Gives each target a crop: one of those before if it fits, otherwise a new one.
    private mutating func place(_ targets: [CropTarget], _ frame: PixelSize, at time: Double) {
        for index in current.indices { current[index].targets = [] }
        var rest: [CropTarget] = []
        for target in targets {
            if let index = current.firstIndex(where: { fits(target, $0.crop, frame) }) {
                current[index].add(target, at: time)
            } else {
                rest.append(target)
            }
        }
        for group in CropGroup.groups(of: rest, rule: rule, frame: frame) {
            let crop = group.crop(rule: rule, frame: frame)
            var new = CurrentCrop(crop: crop, lastInspection: lastInspection(at: group.box) ?? lastPlan)
            for target in group.targets { new.add(target, at: time) }
            current.append(new)
        }
        current.removeAll { time - $0.lastUse > Self.linger }
    }

    /// Whether a target is in a crop with a margin, and of a size that suits it.
    private func fits(_ target: CropTarget, _ crop: FrameCrop, _ frame: PixelSize) -> Bool {
        let side = rule.side(forLongSide: target.box.longSide)
        let ratio = Double(crop.side) / side
        guard ratio <= rule.tolerance, ratio * rule.tolerance >= 1 else { return false }
        return crop.pixels.contains(target.box.grown(by: CropGroup.leastMargin * target.box.longSide, in: frame))
    }

    /// Returns the time of the last inspection of the crop that was at a place before; `nil` if there was none.
    private func lastInspection(at box: PixelBox) -> Double? {
        current.last { $0.crop.pixels.containsCenter(of: box) }?.lastInspection
    }

    // MARK: - Turns

    /// Selects the most urgent crops within the budget.
    private mutating func choose(at time: Double) -> [FrameCrop] {
        let due = current.indices.filter { current[$0].isDue(at: time + Self.slack) }
        let order = due.sorted { a, b in
            let (first, second) = (current[a].urgency(at: time), current[b].urgency(at: time))
            return first == second ? current[a].crop.order < current[b].crop.order : first > second
        }
        let chosen = order.prefix(settings.budget)
        for index in chosen { current[index].inspect(at: time) }
        return chosen.map { current[$0].crop }
    }
}

/// Crop that stays over several frames.
private struct CurrentCrop: Sendable, Codable {
    let crop: FrameCrop
    /// Objects and motion in it, in the current frame.
    var targets: [CropTarget] = []
    /// Time of its last inspection, or of its creation; `nil` in the first frame.
    private(set) var lastInspection: Double?
    /// Number of inspections in a row in which it had motion, but no object.
    private var fruitlessInspections = 0
    /// Time of the last frame that had a target in it.
    private(set) var lastUse = -Double.infinity

    init(crop: FrameCrop, lastInspection: Double?) {
        self.crop = crop
        self.lastInspection = lastInspection
    }

    /// Longest time between two inspections of motion without an object, in seconds.
    private static let longestInterval = 2.0
    /// Time between the first two inspections of motion without an object, in seconds. Each one is twice as long.
    private static let firstInterval = 0.2

    mutating func add(_ target: CropTarget, at time: Double) {
        targets.append(target)
        if target.isObject { fruitlessInspections = 0 }
        lastUse = time
    }

    mutating func inspect(at time: Double) {
        lastInspection = time
        if !targets.contains(where: \.isObject) { fruitlessInspections += 1 }
    }

    func isDue(at time: Double) -> Bool {
        guard let lastInspection else { return !targets.isEmpty }
        return targets.contains { time - lastInspection >= ($0.isObject ? $0.interval : motionInterval) }
    }

    /// Time between two inspections of motion: a place where nothing was found is inspected less and less often.
    private var motionInterval: Double {
        let doublings = min(fruitlessInspections, 8)
        return doublings == 0 ? 0 : min(Self.longestInterval, Self.firstInterval * Double(1 << (doublings - 1)))
    }

    /// Weight times waiting time.
    func urgency(at time: Double) -> Double {
        let weight = targets.reduce(0) { $0 + $1.weight }
        return weight * max(0, time - (lastInspection ?? time - 1))
    }
}
