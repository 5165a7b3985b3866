import Kernels

/// Detections of tables of bytes.
struct DetectionTask: BitwiseCopyable {
    var detections: Detections
    /// The tables; a row is a pixel.
    var boxes: BytePlane
    var scores: BytePlane
    /// What each byte stands for: 256 numbers for the boxes, then 256 for the scores.
    var numbers: UnsafePointer<Float>
    var anchors: UnsafePointer<Float>
    /// Room for both tables as numbers, and for what ``Detections`` needs.
    var scratch: UnsafeMutablePointer<Float>
    var output: UnsafeMutablePointer<Float>

    /// How many numbers the scratch memory has.
    static func scratchCount(_ detections: Detections) -> Int {
        detections.count * (4 + detections.columns) + detections.scratchCount
    }

    func run() {
        let scoreTable = scratch + 4 * detections.count
        read(boxes, columns: 4, numbers, scratch, count: detections.count)
        read(scores, columns: detections.columns, numbers + 256, scoreTable, count: detections.count)
        detections.choose(
            boxes: scratch, scores: scoreTable, anchors: anchors,
            scratch: scoreTable + detections.count * detections.columns, output: output)
    }

    private func read(
        _ plane: BytePlane, columns: Int, _ numbers: UnsafePointer<Float>, _ table: UnsafeMutablePointer<Float>, count: Int
    ) {
        for row in 0..<count {
            let line = plane.base + row * plane.rowStride
            for column in 0..<columns {
                table[row * columns + column] = numbers[Int(line[column / 16 * plane.blockStride + column % 16])]
            }
        }
    }
}
