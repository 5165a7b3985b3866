import Foundation

/// The boxes of a single-shot detector (Liu et al., "SSD", 2016), chosen as TensorFlow Lite's
/// `TFLite_Detection_PostProcess` chooses them.
///
/// All tables are row by row. A box is dropped if it overlaps a better one too much; the better one is that with the
/// higher score, and of two equal ones the first.
struct Detections: BitwiseCopyable {
    /// How many anchors there are.
    let count: Int
    /// Columns of the score table; one more than classes if there is a background, which is the first.
    let columns: Int
    private let most: Int
    private let classesPerBox: Int
    private let classes: Int
    private let scoreThreshold: Float
    private let overlapThreshold: Float
    /// y, x, height, width.
    private let scales: SIMD4<Float>
    private let isPerClass: Bool
    private let mostPerClass: Int

    /// - Parameters:
    ///   - count: how many anchors there are.
    ///   - columns: of the score table.
    init(_ parameters: DetectionParameters, count: Int, columns: Int) {
        self.count = count
        self.columns = columns
        most = parameters.most
        classesPerBox = parameters.classesPerBox
        classes = parameters.classes
        scoreThreshold = parameters.scoreThreshold
        overlapThreshold = parameters.overlapThreshold
        scales = SIMD4(parameters.scales)
        isPerClass = parameters.isPerClass
        mostPerClass = parameters.mostPerClass
    }

    /// Numbers of the output.
    var outputCount: Int { most * classesPerBox * DetectionParameters.columns }

    /// Numbers that ``choose(boxes:scores:anchors:scratch:output:)`` needs room for besides.
    var scratchCount: Int { count * 6 }

    /// Fills in the output, with zeros behind the last box.
    ///
    /// - Parameters:
    ///   - boxes: `[count][4]`: how far the centre (y, x) and the size (height, width) are from the anchor's.
    ///   - scores: `[count][columns]`.
    ///   - anchors: `[count][4]`: centre (y, x), height, width.
    ///   - scratch: room for `scratchCount` numbers.
    ///   - output: rows of ``DetectionParameters/columns`` numbers, `most · classesPerBox` of them.
    func choose(
        boxes: UnsafePointer<Float>, scores: UnsafePointer<Float>, anchors: UnsafePointer<Float>,
        scratch: UnsafeMutablePointer<Float>, output: UnsafeMutablePointer<Float>
    ) {
        let room = Room(corners: scratch, scores: scratch + 4 * count, active: scratch + 5 * count)
        for index in 0..<count { decode(boxes + 4 * index, anchors + 4 * index, room.corners + 4 * index) }
        output.update(repeating: 0, count: outputCount)
        let firstClass = columns - classes
        if isPerClass {
            chooseForEachClass(scores + firstClass, room, output)
        } else {
            chooseByBestClass(scores + firstClass, room, output)
        }
    }

    /// Working memory.
    private struct Room {
        /// `[count][4]`: top, left, bottom, right.
        let corners: UnsafeMutablePointer<Float>
        let scores: UnsafeMutablePointer<Float>
        /// 0 for boxes that are out.
        let active: UnsafeMutablePointer<Float>
    }

    private func decode(_ box: UnsafePointer<Float>, _ anchor: UnsafePointer<Float>, _ corners: UnsafeMutablePointer<Float>) {
        let y = box[0] / scales[0] * anchor[2] + anchor[0]
        let x = box[1] / scales[1] * anchor[3] + anchor[1]
        let halfHeight = 0.5 * exp(box[2] / scales[2]) * anchor[2]
        let halfWidth = 0.5 * exp(box[3] / scales[3]) * anchor[3]
        corners[0] = y - halfHeight
        corners[1] = x - halfWidth
        corners[2] = y + halfHeight
        corners[3] = x + halfWidth
    }

    // MARK: - Without regard to classes

    private func chooseByBestClass(_ scores: UnsafePointer<Float>, _ room: Room, _ output: UnsafeMutablePointer<Float>) {
        for index in 0..<count {
            let row = scores + index * columns
            room.scores[index] = row[best(row, below: .infinity, after: -1)]
        }
        activate(room)
        for chosen in 0..<most {
            guard let index = takeBest(room) else { return }
            var (score, last) = (Float.infinity, -1)
            for number in 0..<min(classesPerBox, classes) {
                let row = scores + index * columns
                last = best(row, below: score, after: last)
                score = row[last]
                write(room, index, last, score, output, at: chosen * classesPerBox + number)
            }
        }
    }

    /// The best class of those that come after one with the score `limit`, in the order of scores.
    private func best(_ row: UnsafePointer<Float>, below limit: Float, after last: Int) -> Int {
        var result = 0
        var score = -Float.infinity
        for column in 0..<classes {
            let isNext = row[column] < limit || (row[column] == limit && column > last)
            if isNext, row[column] > score { (result, score) = (column, row[column]) }
        }
        return result
    }

    // MARK: - Class by class

    private func chooseForEachClass(_ scores: UnsafePointer<Float>, _ room: Room, _ output: UnsafeMutablePointer<Float>) {
        var found = 0
        for label in 0..<classes {
            for index in 0..<count { room.scores[index] = scores[index * columns + label] }
            activate(room)
            for _ in 0..<mostPerClass {
                guard let index = takeBest(room) else { break }
                insert(room, index, label, output, &found)
            }
        }
    }

    /// Puts a box behind those that are as good or better, if there is room.
    private func insert(
        _ room: Room, _ index: Int, _ label: Int, _ output: UnsafeMutablePointer<Float>, _ found: inout Int
    ) {
        let width = DetectionParameters.columns
        let score = room.scores[index]
        var place = found
        while place > 0, output[(place - 1) * width + 5] < score { place -= 1 }
        guard place < most else { return }
        let last = min(found, most - 1)
        for row in stride(from: last, to: place, by: -1) {
            for column in 0..<width { output[row * width + column] = output[(row - 1) * width + column] }
        }
        write(room, index, label, score, output, at: place)
        found = min(found + 1, most)
    }

    // MARK: - Overlaps

    private func activate(_ room: Room) {
        for index in 0..<count { room.active[index] = room.scores[index] >= scoreThreshold ? 1 : 0 }
    }

    /// The best box that is left, which then is not left any more, nor are those that overlap it.
    private func takeBest(_ room: Room) -> Int? {
        var result = -1
        for index in 0..<count where room.active[index] != 0 {
            if result < 0 || room.scores[index] > room.scores[result] { result = index }
        }
        guard result >= 0 else { return nil }
        room.active[result] = 0
        for index in 0..<count where room.active[index] != 0 {
            if overlap(room.corners + 4 * result, room.corners + 4 * index) > overlapThreshold {
                room.active[index] = 0
            }
        }
        return result
    }

    /// The intersection of two boxes, divided by their union.
    private func overlap(_ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>) -> Float {
        let (areaOfA, areaOfB) = ((a[2] - a[0]) * (a[3] - a[1]), (b[2] - b[0]) * (b[3] - b[1]))
        guard areaOfA > 0, areaOfB > 0 else { return 0 }
        let height = max(min(a[2], b[2]) - max(a[0], b[0]), 0)
        let width = max(min(a[3], b[3]) - max(a[1], b[1]), 0)
        return height * width / (areaOfA + areaOfB - height * width)
    }

    private func write(
        _ room: Room, _ index: Int, _ label: Int, _ score: Float, _ output: UnsafeMutablePointer<Float>, at row: Int
    ) {
        let place = output + row * DetectionParameters.columns
        for column in 0..<4 { place[column] = room.corners[4 * index + column] }
        place[4] = Float(label)
        place[5] = score
    }
}
