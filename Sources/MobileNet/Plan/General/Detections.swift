import Glibc

/// Makes boxes of the outputs of a single-shot detector: see ``DetectionParameters``.
///
/// Whoever calls it keeps it to one thread at a time: it has memory of its own. Sorting may take some more.
final class Detections: GeneralTask {
    /// A box, by its edges in parts of the image.
    private struct Box {
        var top: Float
        var left: Float
        var bottom: Float
        var right: Float

        var area: Float { max(bottom - top, 0) * max(right - left, 0) }

        /// The part of both that they have in common.
        func overlap(with other: Box) -> Float {
            let height = min(bottom, other.bottom) - max(top, other.top)
            let width = min(right, other.right) - max(left, other.left)
            guard height > 0, width > 0, area > 0, other.area > 0 else { return 0 }
            let common = height * width
            return common / (area + other.area - common)
        }
    }

    /// A box that is looked at, or taken: which row of the tables, which class, and how sure.
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
    /// The box of each row.
    private var places: [Box]
    private var candidates: [Candidate] = []
    private var taken: [Candidate] = []
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
        places = [Box](repeating: Box(top: 0, left: 0, bottom: 0, right: 0), count: boxes.shape.height)
        candidates.reserveCapacity(boxes.shape.height)
        taken.reserveCapacity(min(max(parameters.most, parameters.mostPerClass), boxes.shape.height))
        kept.reserveCapacity(Self.mostKept(parameters, rows: boxes.shape.height))
    }

    /// How many boxes are kept at the same time, at most.
    private static func mostKept(_ parameters: DetectionParameters, rows: Int) -> Int {
        let ofOne = parameters.isPerClass ? min(parameters.mostPerClass, rows) : 0
        return 2 * parameters.most * parameters.classesPerBox + ofOne
    }

    func run() {
        for row in 0..<places.count { places[row] = box(row) }
        kept.removeAll(keepingCapacity: true)
        if parameters.isPerClass { selectPerClass() } else { selectByBestClass() }
        write()
    }

    /// The first score of a row is the background's, if there is one.
    private var background: Int { scores.shape.channels - parameters.classes }

    // MARK: - Selection

    /// Boxes compete by their best class ("fast" suppression), and are listed for their best few classes.
    private func selectByBestClass() {
        candidates.removeAll(keepingCapacity: true)
        for row in 0..<scores.shape.height {
            let label = bestClass(of: row, below: nil)
            consider(row, label)
        }
        suppress(most: parameters.most)
        for candidate in taken {
            var last = candidate
            for place in 0..<parameters.classesPerBox {
                if place > 0 {
                    guard place < parameters.classes else { break }
                    last.label = bestClass(of: candidate.row, below: last)
                    last.score = score(last.row, last.label)
                }
                kept.append(last)
            }
        }
    }

    /// Each class by itself, then the best of all.
    private func selectPerClass() {
        for label in 0..<parameters.classes {
            candidates.removeAll(keepingCapacity: true)
            for row in 0..<scores.shape.height { consider(row, label) }
            suppress(most: parameters.mostPerClass)
            for index in 0..<taken.count { kept.append(taken[index]) }
            // With many classes, most boxes are none of the best.
            if kept.count > 2 * output.shape.height { keepBest() }
        }
        keepBest()
    }

    /// Sorts what is kept, and forgets what the output has no room for.
    private func keepBest() {
        kept.sort { ($0.score, $1.row, $1.label) > ($1.score, $0.row, $0.label) }
        kept.removeLast(max(kept.count - output.shape.height, 0))
    }

    private func consider(_ row: Int, _ label: Int) {
        let score = score(row, label)
        guard score >= parameters.scoreThreshold else { return }
        candidates.append(Candidate(row: row, label: label, score: score))
    }

    /// The best class of a row; or the best of those that come after another.
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

    /// Takes candidates, the best first, that do not overlap what has been taken (non-maximum suppression).
    private func suppress(most: Int) {
        candidates.sort { ($0.score, $1.row) > ($1.score, $0.row) }
        taken.removeAll(keepingCapacity: true)
        for index in 0..<candidates.count {
            guard taken.count < most else { return }
            let box = places[candidates[index].row]
            let isNew = taken.allSatisfy { places[$0.row].overlap(with: box) <= parameters.overlapThreshold }
            if isNew { taken.append(candidates[index]) }
        }
    }

    private func score(_ row: Int, _ label: Int) -> Float { scores[background + label, row, 0] }

    // MARK: - Boxes

    /// The box of a row, from its distance to its anchor (Liu et al., 2016, equation 2).
    private func box(_ row: Int) -> Box {
        let anchor = 4 * row
        let y = boxes[0, row, 0] / parameters.scales[0] * anchors[anchor + 2] + anchors[anchor]
        let x = boxes[1, row, 0] / parameters.scales[1] * anchors[anchor + 3] + anchors[anchor + 1]
        let height = expf(boxes[2, row, 0] / parameters.scales[2]) * anchors[anchor + 2] / 2
        let width = expf(boxes[3, row, 0] / parameters.scales[3]) * anchors[anchor + 3] / 2
        return Box(top: y - height, left: x - width, bottom: y + height, right: x + width)
    }

    /// Rows that no box fills are zeros.
    private func write() {
        for row in 0..<output.shape.height {
            let isFilled = row < kept.count
            let box = isFilled ? places[kept[row].row] : Box(top: 0, left: 0, bottom: 0, right: 0)
            output[0, row, 0] = box.top
            output[1, row, 0] = box.left
            output[2, row, 0] = box.bottom
            output[3, row, 0] = box.right
            output[4, row, 0] = isFilled ? Float(kept[row].label) : 0
            output[5, row, 0] = isFilled ? kept[row].score : 0
        }
    }
}
