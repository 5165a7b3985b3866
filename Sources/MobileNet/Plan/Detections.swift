import Glibc

/// Decodes bounding boxes and runs non-maximum suppression. See ``DetectionParameters``.
///
/// It keeps candidates in its own memory, so that only one thread may use it at a time. Sorting may allocate memory.
final class Detections: GeneralTask {
    /// Bounding box: its edges in normalized coordinates (0–1).
    private struct BoundingBox {
        var top: Float
        var left: Float
        var bottom: Float
        var right: Float

        /// Its part inside of the image.
        var clipped: BoundingBox {
            func clip(_ edge: Float) -> Float { min(max(edge, 0), 1) }
            return BoundingBox(top: clip(top), left: clip(left), bottom: clip(bottom), right: clip(right))
        }

        var area: Float { max(bottom - top, 0) * max(right - left, 0) }

        /// Returns the intersection over union of both.
        func intersectionOverUnion(with other: BoundingBox) -> Float {
            let height = min(bottom, other.bottom) - max(top, other.top)
            let width = min(right, other.right) - max(left, other.left)
            guard height > 0, width > 0, area > 0, other.area > 0 else { return 0 }
            let common = height * width
            return common / (area + other.area - common)
        }
    }

    /// Candidate of the suppression: row of the input tensors, class and score.
    private struct Candidate {
        var row: Int
        var label: Int
        var score: Float
    }

    private let boxes: BlockedTensor
    private let scores: BlockedTensor
    private let anchors: [Float]
    private let parameters: DetectionParameters
    private let output: BlockedTensor
    /// Columns of the box tensor for y, x, height and width.
    private let columns: [Int]
    /// Decoded bounding box of each row.
    private var decoded: [BoundingBox]
    private var candidates: [Candidate] = []
    private var selected: [Candidate] = []
    private var kept: [Candidate] = []

    init(
        boxes: BlockedTensor, scores: BlockedTensor, anchors: [Float], parameters: DetectionParameters,
        output: BlockedTensor
    ) {
        self.boxes = boxes
        self.scores = scores
        self.anchors = anchors
        self.parameters = parameters
        self.output = output
        columns = parameters.boxOrder == .yxhw ? [0, 1, 2, 3] : [1, 0, 3, 2]
        decoded = [BoundingBox](repeating: BoundingBox(top: 0, left: 0, bottom: 0, right: 0), count: boxes.shape.height)
        candidates.reserveCapacity(boxes.shape.height)
        selected.reserveCapacity(min(max(parameters.most, parameters.mostPerClass), boxes.shape.height))
        kept.reserveCapacity(Self.mostKept(parameters, rows: boxes.shape.height))
    }

    /// Maximum number of bounding boxes that are kept at the same time.
    private static func mostKept(_ parameters: DetectionParameters, rows: Int) -> Int {
        let ofOne = parameters.isPerClass ? min(parameters.mostPerClass, rows) : 0
        return 2 * parameters.most * parameters.classesPerBox + ofOne
    }

    func run() {
        for row in 0..<decoded.count { decoded[row] = box(row) }
        kept.removeAll(keepingCapacity: true)
        if parameters.isPerClass { selectPerClass() } else { selectByBestClass() }
        write()
    }

    /// Index of the first class in a row of scores: 1 if the background precedes it, else 0.
    private var firstClass: Int { parameters.background == .last ? 0 : scores.shape.channels - parameters.classes }

    // MARK: - Selection

    /// "Fast" suppression: compares bounding boxes by their best class, and reports the best few classes of each.
    private func selectByBestClass() {
        candidates.removeAll(keepingCapacity: true)
        for row in 0..<scores.shape.height {
            let label = bestClass(of: row, below: nil)
            consider(row, label)
        }
        suppress(most: parameters.most)
        for candidate in selected {
            var last = candidate
            for rank in 0..<parameters.classesPerBox {
                if rank > 0 {
                    guard rank < parameters.classes else { break }
                    last.label = bestClass(of: candidate.row, below: last)
                    last.score = score(last.row, last.label)
                }
                kept.append(last)
            }
        }
    }

    /// "Regular" suppression: runs for each class, then keeps the best of all classes.
    private func selectPerClass() {
        for label in 0..<parameters.classes {
            candidates.removeAll(keepingCapacity: true)
            for row in 0..<scores.shape.height { consider(row, label) }
            suppress(most: parameters.mostPerClass)
            for index in 0..<selected.count { kept.append(selected[index]) }
            // With many classes, few of them reach the output: this bounds the memory.
            if kept.count > 2 * output.shape.height { keepBest() }
        }
        keepBest()
    }

    /// Sorts the kept candidates by score, equal ones by class, as TensorFlow Lite does; drops those that do not fit the
    /// output.
    private func keepBest() {
        kept.sort { ($0.score, $1.label, $1.row) > ($1.score, $0.label, $0.row) }
        kept.removeLast(max(kept.count - output.shape.height, 0))
    }

    private func consider(_ row: Int, _ label: Int) {
        let score = score(row, label)
        guard score >= parameters.scoreThreshold else { return }
        candidates.append(Candidate(row: row, label: label, score: score))
    }

    /// Returns the best class of a row, or the best class that ranks below `last`.
    private func bestClass(of row: Int, below last: Candidate?) -> Int {
        var best = 0
        var bestScore = -Float.infinity
        for label in 0..<parameters.classes {
            let score = score(row, label)
            if let last, (last.score, label) <= (score, last.label) { continue }
            if score > bestScore {
                best = label
                bestScore = score
            }
        }
        return best
    }

    /// Non-maximum suppression: selects candidates by descending score that do not overlap a selected one.
    private func suppress(most: Int) {
        candidates.sort { ($0.score, $1.row) > ($1.score, $0.row) }
        if let limit = parameters.mostCandidates { candidates.removeLast(max(candidates.count - limit, 0)) }
        selected.removeAll(keepingCapacity: true)
        for index in 0..<candidates.count {
            guard selected.count < most else { return }
            let box = decoded[candidates[index].row]
            let isNew = selected.allSatisfy {
                decoded[$0.row].intersectionOverUnion(with: box) <= parameters.overlapThreshold
            }
            if isNew { selected.append(candidates[index]) }
        }
    }

    private func score(_ row: Int, _ label: Int) -> Float { scores[firstClass + label, row, 0] }

    // MARK: - Bounding boxes

    /// Decodes the bounding box of a row from the offsets to its anchor (Liu et al., 2016, equation 2).
    ///
    /// - Parameter row: index of the row; `anchors` has its centre y, centre x, height and width.
    private func box(_ row: Int) -> BoundingBox {
        let anchor = 4 * row
        func offset(_ place: Int) -> Float { boxes[columns[place], row, 0] / parameters.scales[columns[place]] }
        let y = offset(0) * anchors[anchor + 2] + anchors[anchor]
        let x = offset(1) * anchors[anchor + 3] + anchors[anchor + 1]
        let height = expf(offset(2)) * anchors[anchor + 2] / 2
        let width = expf(offset(3)) * anchors[anchor + 3] / 2
        let box = BoundingBox(top: y - height, left: x - width, bottom: y + height, right: x + width)
        return parameters.clipping == .beforeSuppression ? box.clipped : box
    }

    /// Writes the output. Rows without a detection are zeros.
    private func write() {
        for row in 0..<output.shape.height {
            let isFilled = row < kept.count
            var box = isFilled ? decoded[kept[row].row] : BoundingBox(top: 0, left: 0, bottom: 0, right: 0)
            if parameters.clipping == .afterSuppression { box = box.clipped }
            output[0, row, 0] = box.top
            output[1, row, 0] = box.left
            output[2, row, 0] = box.bottom
            output[3, row, 0] = box.right
            output[4, row, 0] = isFilled ? Float(kept[row].label) : 0
            output[5, row, 0] = isFilled ? kept[row].score : 0
        }
    }
}
