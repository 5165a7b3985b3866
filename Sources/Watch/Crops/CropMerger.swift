import Basics
import Events

/// Detections of one part of a frame.
package struct CropDetections: Equatable, Sendable {
    /// Part, in normalized coordinates of the upright frame; the whole frame is 0...1.
    package var part: BoundingBox
    /// Detections, in normalized coordinates of the part.
    package var detections: [ObjectDetection]

    package init(part: BoundingBox, detections: [ObjectDetection]) {
        self.part = part
        self.detections = detections
    }
}

/// Merges the detections of the parts of a frame.
///
/// It maps them to the frame and removes duplicates by non-maximum suppression for each label. A detection that the edge
/// of its part cuts off gives way to one that is whole, whatever the scores. Results do not depend on the order of the
/// parts.
package enum CropMerger {
    /// Intersection over union from which two detections are the same object.
    private static let sameObject = 0.45
    /// Fraction of the smaller detection that lies in the larger one from which they are the same object. Two of
    /// different parts may be two views of one object at different resolutions.
    private static let sameObjectInside = 0.7
    /// Distance from the edge of a part within which a detection is cut off, as a fraction of the part.
    private static let edge = 0.02

    /// Returns the detections in normalized coordinates of the frame, the highest score first.
    package static func merge(_ parts: [CropDetections]) -> [ObjectDetection] {
        let candidates = parts.flatMap { part in part.detections.map { Candidate($0, of: part.part) } }
            .sorted { $0.precedes($1) }
        var kept: [Candidate] = []
        for candidate in candidates {
            if let index = kept.firstIndex(where: { $0.isSame(as: candidate) }) {
                kept[index].detection.score = max(kept[index].detection.score, candidate.detection.score)
            } else {
                kept.append(candidate)
            }
        }
        return kept.sorted { $0.order < $1.order }.map(\.detection)
    }

    /// Maps a bounding box of a part to the frame.
    package static func map(_ box: BoundingBox, from part: BoundingBox) -> BoundingBox {
        BoundingBox(
            x: part.x + box.x * part.width, y: part.y + box.y * part.height, width: box.width * part.width,
            height: box.height * part.height)
    }

    /// Detection with its part.
    private struct Candidate {
        var detection: ObjectDetection
        let part: BoundingBox
        /// Whether an edge of the part that is not one of the frame cuts it off.
        let isCutOff: Bool

        init(_ detection: ObjectDetection, of part: BoundingBox) {
            let box = detection.box
            self.part = part
            isCutOff =
                box.x <= edge && part.x > 0 || box.y <= edge && part.y > 0 || box.right >= 1 - edge && part.right < 1
                || box.bottom >= 1 - edge && part.bottom < 1
            self.detection = detection
            self.detection.box = CropMerger.map(box, from: part)
        }

        /// Key of the order of results: the highest score first, then by place.
        var order: (Double, Int, Double, Double, Double, Double) {
            let box = detection.box
            return (-detection.score, detection.label, box.x, box.y, box.width, box.height)
        }

        /// Whether it is preferred: whole ones precede those that are cut off. Otherwise the order depends on values only.
        func precedes(_ other: Candidate) -> Bool {
            if isCutOff != other.isCutOff { return other.isCutOff }
            if order != other.order { return order < other.order }
            return (part.x, part.y, part.width, part.height)
                < (other.part.x, other.part.y, other.part.width, other.part.height)
        }

        func isSame(as other: Candidate) -> Bool {
            // The network has suppressed duplicates within one part.
            guard detection.label == other.detection.label, part != other.part else { return false }
            guard let common = detection.box.intersection(with: other.detection.box)?.area else { return false }
            let (area, otherArea) = (detection.box.area, other.detection.box.area)
            return common >= sameObject * (area + otherArea - common)
                || common >= sameObjectInside * min(area, otherArea)
        }
    }
}
