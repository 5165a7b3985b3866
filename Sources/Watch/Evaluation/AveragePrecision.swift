import Basics

/// Average precision and recall of a detector, as COCO defines them: Lin et al., "Microsoft COCO: Common Objects in
/// Context" (2014), and the rules of its evaluation server.
///
/// A value without a clock. Images are added in any order; equal scores of different images count in the order of the
/// images' numbers.
package struct AveragePrecision: Sendable {
    /// Object that people marked.
    package struct Truth: Equatable, Sendable {
        /// Number of its category.
        package var category: Int
        package var box: BoundingBox
        /// Area of the object itself, which says whether it is small, medium or large.
        package var area: Double
        /// Whether the box holds a crowd, any part of which may be detected.
        package var isCrowd: Bool

        /// - Parameters:
        ///   - box: in pixels.
        ///   - area: in square pixels.
        package init(category: Int, box: BoundingBox, area: Double, isCrowd: Bool = false) {
            (self.category, self.box, self.area, self.isCrowd) = (category, box, area, isCrowd)
        }
    }

    /// Object that the detector found.
    package struct Found: Equatable, Sendable {
        package var category: Int
        package var box: BoundingBox
        package var score: Double

        /// - Parameter box: in pixels.
        package init(category: Int, box: BoundingBox, score: Double) {
            (self.category, self.box, self.score) = (category, box, score)
        }
    }

    /// Range of areas of objects, in square pixels.
    package enum Size: CaseIterable, Sendable {
        case all, small, medium, large

        /// Whether objects of an area belong to another range.
        func excludes(_ area: Double) -> Bool {
            switch self {
            case .all: area > 1e10
            case .small: area > 1024
            case .medium: area < 1024 || area > 9216
            case .large: area < 9216 || area > 1e10
            }
        }
    }

    /// Least overlaps (IoU) of a hit: 0.5, 0.55 … 0.95.
    static let overlaps = (0..<10).map { $0 == 9 ? 0.95 : Double($0) * (0.45 / 9) + 0.5 }
    /// Recalls at which the precision is taken: 0, 0.01 … 1.
    private static let recalls = (0...100).map { $0 == 100 ? 1 : Double($0) * 0.01 }
    /// Most detections of a category in an image that count.
    package static let most = 100

    /// Matches by image number.
    private var images: [Int: [Int: [Size: ImageMatches]]] = [:]

    package init() {}

    /// Adds an image.
    ///
    /// - Parameter number: number of the image; each occurs once.
    package mutating func add(number: Int, truth: [Truth], found: [Found]) {
        let truths = Dictionary(grouping: truth, by: \.category)
        let founds = Dictionary(grouping: found, by: \.category)
        var matches: [Int: [Size: ImageMatches]] = [:]
        for category in Set(truths.keys).union(founds.keys) {
            let pairs = ImagePairs(truths[category] ?? [], founds[category] ?? [], most: Self.most)
            matches[category] = Dictionary(uniqueKeysWithValues: Size.allCases.map { ($0, pairs.matches(of: $0)) })
        }
        images[number] = matches
    }

    // MARK: - Figures

    /// Precision and recall of a category.
    private struct Curve {
        /// Mean precision over the recalls, for each overlap.
        var precision: [Double]
        /// Largest recall, for each overlap.
        var recall: [Double]
    }

    /// Returns the average precision over all overlaps, or for the one with an index; `nil` if no object of that size was
    /// marked.
    ///
    /// - Parameter category: `nil` for the mean over the categories of which objects were marked.
    package func precision(_ size: Size = .all, overlap: Int? = nil, category: Int? = nil) -> Double? {
        mean(size, most: Self.most, category: category) { curve in
            overlap.map { [curve.precision[$0]] } ?? curve.precision
        }
    }

    /// Returns the average recall over all overlaps; `nil` if no object of that size was marked.
    ///
    /// - Parameter most: most detections of a category in an image that count.
    package func recall(_ size: Size = .all, most: Int = most, category: Int? = nil) -> Double? {
        mean(size, most: most, category: category, \.recall)
    }

    private func mean(
        _ size: Size, most: Int, category: Int?, _ values: (Curve) -> [Double]
    ) -> Double? {
        let categories = category.map { [$0] } ?? Set(images.values.flatMap(\.keys)).sorted()
        let all = categories.compactMap { curve(of: $0, size, most: most) }.flatMap(values)
        return all.isEmpty ? nil : all.reduce(0, +) / Double(all.count)
    }

    /// Returns the curve of a category over all images; `nil` if no object was marked.
    private func curve(of category: Int, _ size: Size, most: Int) -> Curve? {
        let matches = images.sorted { $0.key < $1.key }.compactMap { $0.value[category]?[size] }
        let count = matches.reduce(0) { $0 + $1.truthCount }
        guard count > 0 else { return nil }
        let found = matches.flatMap { $0.found.prefix(most) }
        // The order of equal scores is kept.
        let order = found.indices.sorted { (-found[$0].score, $0) < (-found[$1].score, $1) }
        var curve = Curve(precision: [], recall: [])
        for overlap in Self.overlaps.indices {
            let hits = order.compactMap { found[$0].isHit(overlap) }
            let (precision, recall) = Self.precision(hits, of: count)
            curve.precision.append(precision)
            curve.recall.append(recall)
        }
        return curve
    }

    /// Returns the mean precision over the recalls, and the largest recall.
    ///
    /// - Parameters:
    ///   - hits: whether each detection is a hit, the highest score first.
    ///   - count: number of marked objects.
    private static func precision(_ hits: [Bool], of count: Int) -> (precision: Double, recall: Double) {
        var right = 0
        var points = hits.enumerated().map { index, isHit in
            right += isHit ? 1 : 0
            return (recall: Double(right) / Double(count), precision: Double(right) / Double(index + 1))
        }
        // The best precision at this recall or a higher one.
        for index in points.indices.reversed().dropFirst() {
            points[index].precision = max(points[index].precision, points[index + 1].precision)
        }
        var sum = 0.0
        var index = 0
        for recall in recalls {
            while index < points.count, points[index].recall < recall { index += 1 }
            if index < points.count { sum += points[index].precision }
        }
        return (sum / Double(recalls.count), points.last?.recall ?? 0)
    }
}

/// Matches of the detections of a category in an image, for objects of a size.
struct ImageMatches: Sendable {
    struct Found: Sendable {
        var score: Double
        /// For each overlap: whether it is a hit; `nil` if it does not count.
        var hits: [Bool?]

        func isHit(_ overlap: Int) -> Bool? { hits[overlap] }
    }

    /// Detections, the highest score first.
    var found: [Found]
    /// Number of marked objects that count.
    var truthCount: Int
}

/// Marked and detected objects of a category in an image, with their overlaps.
private struct ImagePairs {
    private let truth: [AveragePrecision.Truth]
    private let found: [AveragePrecision.Found]
    /// Overlap of each detection with each marked object.
    private let overlaps: [[Double]]

    init(_ truth: [AveragePrecision.Truth], _ found: [AveragePrecision.Found], most: Int) {
        self.truth = truth
        let order = found.indices.sorted { (-found[$0].score, $0) < (-found[$1].score, $1) }
        self.found = order.prefix(most).map { found[$0] }
        overlaps = self.found.map { found in truth.map { Self.overlap(found.box, $0) } }
    }

    /// Intersection over union; for a crowd, over the area of the detection.
    private static func overlap(_ box: BoundingBox, _ truth: AveragePrecision.Truth) -> Double {
        guard let common = box.intersection(with: truth.box)?.area else { return 0 }
        return common / (truth.isCrowd ? box.area : box.area + truth.box.area - common)
    }

    func matches(of size: AveragePrecision.Size) -> ImageMatches {
        let isIgnored = truth.map { $0.isCrowd || size.excludes($0.area) }
        // Objects that count come first.
        let order = truth.indices.filter { !isIgnored[$0] } + truth.indices.filter { isIgnored[$0] }
        var matches = ImageMatches(
            found: found.map { ImageMatches.Found(score: $0.score, hits: []) },
            truthCount: isIgnored.count { !$0 })
        for overlap in AveragePrecision.overlaps {
            var isTaken = truth.map { _ in false }
            for index in found.indices {
                let match = bestMatch(of: index, overlap, order, isIgnored, isTaken)
                if let match {
                    isTaken[match] = true
                    matches.found[index].hits.append(isIgnored[match] ? nil : true)
                } else {
                    matches.found[index].hits.append(size.excludes(found[index].box.area) ? nil : false)
                }
            }
        }
        return matches
    }

    /// Returns the free marked object with which a detection overlaps most: one that counts, if there is one.
    private func bestMatch(
        of index: Int, _ least: Double, _ order: [Int], _ isIgnored: [Bool], _ isTaken: [Bool]
    ) -> Int? {
        var best: Int?
        var overlap = min(least, 1 - 1e-10)
        for candidate in order where !isTaken[candidate] || truth[candidate].isCrowd {
            if let best, !isIgnored[best], isIgnored[candidate] { break }
            guard overlaps[index][candidate] >= overlap else { continue }
            overlap = overlaps[index][candidate]
            best = candidate
        }
        return best
    }
}
