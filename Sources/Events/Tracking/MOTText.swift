import Basics

/// Reader of detections as the MOT Challenge writes them: `frame,id,x,y,width,height,score`, in pixels. Commas and spaces
/// separate the fields; further fields are left out. Frames count from 1.
package struct MOTText: Equatable, Sendable {
    /// Largest number of a frame.
    package static let maximumFrame = 1_000_000
    /// Largest number of lines.
    package static let maximumLines = 2_000_000
    /// Largest coordinate, in pixels.
    static let maximumCoordinate = 1_000_000.0

    /// Line that cannot be read.
    package struct LineError: Error, Equatable, CustomStringConvertible {
        package let line: Int
        package let reason: String
        package var description: String { "line \(line): \(reason)" }
    }

    /// Detections of each frame that has any, in normalized coordinates. All have label 0.
    package private(set) var detections: [Int: [ObjectDetection]] = [:]
    /// Number of the last frame; 0 without one.
    package private(set) var lastFrame = 0

    /// Reads detections in a frame of `width` × `height` pixels.
    package init(_ text: String, width: Double, height: Double) throws(LineError) {
        let lines = text.split(separator: "\n", maxSplits: Self.maximumLines, omittingEmptySubsequences: false)
        for (index, line) in lines.enumerated() {
            guard index < Self.maximumLines else {
                throw LineError(line: index + 1, reason: "more than \(Self.maximumLines) lines")
            }
            let fields = line.split { $0 == "," || $0.isWhitespace }
            guard !fields.isEmpty else { continue }
            let (frame, values) = try Self.values(of: fields, line: index + 1)
            let box = BoundingBox(
                x: values[0] / width, y: values[1] / height, width: values[2] / width, height: values[3] / height)
            detections[frame, default: []].append(ObjectDetection(label: 0, score: values[4], box: box))
            lastFrame = max(lastFrame, frame)
        }
    }

    /// Returns the frame and x, y, width, height and score of a line.
    private static func values(of fields: [Substring], line: Int) throws(LineError) -> (Int, [Double]) {
        guard fields.count >= 7 else { throw LineError(line: line, reason: "fewer than 7 fields") }
        guard let frame = Double(fields[0]), frame >= 1, frame <= Double(maximumFrame), frame == frame.rounded() else {
            throw LineError(line: line, reason: "the frame is not a whole number of 1...\(maximumFrame)")
        }
        var values: [Double] = []
        for field in fields[2..<7] {
            guard let value = Double(field), abs(value) <= maximumCoordinate else {
                throw LineError(line: line, reason: "a field is not a number, or too large")
            }
            values.append(value)
        }
        guard values[2] >= 0, values[3] >= 0 else { throw LineError(line: line, reason: "a size is below 0") }
        return (Int(frame), values)
    }
}
