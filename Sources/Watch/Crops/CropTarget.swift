import Basics
import Capture

/// Object or motion that the network is to see.
struct CropTarget: Equatable, Sendable, Codable {
    /// Place in the frame, in pixels.
    var box: PixelBox
    /// Weight among those that wait for their turn.
    var weight: Double
    /// Least time between two inspections, in seconds.
    var interval: Double
    /// Whether it is an object, and not only motion: leaves and shadows move as well.
    var isObject: Bool

    /// Weight of an object. Motion without an object has 1.
    private static let objectWeight = 6.0
    /// Time between two inspections of an object that does not move, in seconds.
    static let stillInterval = 1.0
    /// Fraction of motion that an object covers from which it is that of the object.
    private static let explained = 0.5
    /// Margin around an object within which motion is its own, as a fraction of its longer side.
    private static let ownMargin = 0.4
    /// Size of motion as a fraction of an object's, both along the longer side, from which the object explains it. Something
    /// small may pass in front of something large.
    private static let ownSize = 0.25
    /// Fraction of the time without a detection after which its place is inspected again.
    private static let backOff = 0.5
    /// Longest time between two inspections of an object that is not detected, in seconds.
    private static let longestBackOff = 2.0

    /// Returns the targets of a frame: objects by their number, then the motion that no object explains.
    static func targets(motion: [BoundingBox], objects: [PredictedObject], frame: PixelSize) -> [CropTarget] {
        let motion = motion.compactMap { PixelBox($0, in: frame) }
        let sorted = objects.sorted { $0.number < $1.number }
        let boxes = sorted.map { PixelBox($0.box, in: frame) }
        let found = zip(sorted, boxes).compactMap { object, box in
            box.map { target(object, box: $0, motion: motion, frame: frame) }
        }
        let unexplained = motion.filter { area in
            !boxes.contains { box in
                guard let box, area.longSide >= ownSize * box.longSide else { return false }
                return area.covered(by: box.grown(by: ownMargin * box.longSide, in: frame)) >= explained
            }
        }
        return found + unexplained.map { CropTarget(box: $0, weight: 1, interval: 0, isObject: false) }
    }

    private static func target(
        _ object: PredictedObject, box: PixelBox, motion: [PixelBox], frame: PixelSize
    ) -> CropTarget {
        let surroundings = box.grown(by: ownMargin * box.longSide, in: frame)
        let moves = motion.contains { $0.covered(by: surroundings) > 0 }
        let still = object.missedTime > 0 ? min(longestBackOff, backOff * object.missedTime) : stillInterval
        return CropTarget(
            box: box, weight: objectWeight, interval: moves || object.isUrgent ? 0 : still, isObject: true)
    }
}

/// Targets that share a crop.
struct CropGroup {
    private(set) var targets: [CropTarget]
    private(set) var box: PixelBox
    /// Smallest side that suits one of them.
    private var leastSide: Double
    /// Largest side that suits one of them.
    private var mostSide: Double

    /// Least margin around a target, as a fraction of its longer side.
    static let leastMargin = 0.15

    private init(_ target: CropTarget, rule: CropRule) {
        targets = [target]
        box = target.box
        leastSide = rule.side(forLongSide: target.box.longSide)
        mostSide = leastSide
    }

    /// Joins neighbours as long as a crop of all suits each of them.
    static func groups(of targets: [CropTarget], rule: CropRule, frame: PixelSize) -> [CropGroup] {
        var groups: [CropGroup] = []
        for target in targets {
            let single = CropGroup(target, rule: rule)
            let index = groups.firstIndex { $0.joined(with: single).suitsAll(rule: rule) }
            if let index { groups[index] = groups[index].joined(with: single) } else { groups.append(single) }
        }
        return groups
    }

    private func joined(with other: CropGroup) -> CropGroup {
        var result = self
        result.targets += other.targets
        result.box = box.union(with: other.box)
        result.leastSide = min(leastSide, other.leastSide)
        result.mostSide = max(mostSide, other.mostSide)
        return result
    }

    private func suitsAll(rule: CropRule) -> Bool { side <= rule.tolerance * leastSide }

    /// Side that suits the largest target and has a margin around all.
    private var side: Double { max(mostSide, (1 + 2 * Self.leastMargin) * box.longSide) }

    /// Returns the crop: around the centre, in the frame.
    func crop(rule: CropRule, frame: PixelSize) -> FrameCrop {
        let side = rule.ladderSide(atLeast: self.side, in: frame)
        func start(_ center: Double, _ length: Int) -> Int {
            let alignment = CropRule.alignment
            let nearest = Int(((center - Double(side) / 2) / Double(alignment)).rounded()) * alignment
            return min(max(0, nearest), (length - side) / 2 * 2)
        }
        return FrameCrop(
            left: start(box.centerX, frame.width), top: start(box.centerY, frame.height), side: side, frame: frame)
    }
}
