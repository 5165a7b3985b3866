import Basics
import Events

/// Detections of one region of a frame.
package struct CropDetections: Equatable, Sendable {
    /// Region that the network got, in normalized coordinates of the upright frame: see ``Scaler/place(of:in:width:height:)``.
    package var part: BoundingBox
    /// Whether it is a crop, whose edges may cut objects off, and not the whole frame.
    package var isCrop: Bool
    /// Detections, in normalized coordinates of the region.
    package var detections: [ObjectDetection]

    package init(part: BoundingBox, isCrop: Bool, detections: [ObjectDetection]) {
        self.part = part
        self.isCrop = isCrop
        self.detections = detections
    }
}

/// Merges the detections of the regions of a frame.
///
/// It maps them to the frame and removes duplicates by non-maximum suppression for each label. A detection that the edge
/// of its crop cuts off gives way to one that is whole, whatever the scores. On its own it is dropped: networks take parts
/// of things for objects, and its place would mislead a tracker. Results do not depend on the order of the regions.
package enum CropMerger {
    /// Intersection over union from which two detections are the same object.
    private static let sameObject = 0.45
    /// Fraction of the smaller detection that lies in the larger one from which they are the same object. Two of
    /// different parts may be two views of one object at different resolutions.
    private static let sameObjectInside = 0.7

    /// Returns the objects of a frame in its normalized coordinates, the highest score first.
    package static func merge(_ parts: [CropDetections]) -> [ObjectDetection] {
        let candidates = parts.flatMap { part in part.detections.map { Candidate($0, of: part) } }
            .sorted { $0.precedes($1) }
        var kept: [Candidate] = []
        for candidate in candidates {
            if let index = kept.firstIndex(where: { $0.isSame(as: candidate) }) {
                kept[index].detection.score = max(kept[index].detection.score, candidate.detection.score)
            } else {
                kept.append(candidate)
            }
        }
        return kept.filter { !$0.isCutOff }.sorted { $0.order < $1.order }.map(\.detection)
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
        /// Whether its part shows it only in part.
        let isCutOff: Bool

        init(_ detection: ObjectDetection, of part: CropDetections) {
            self.part = part.part
            isCutOff = part.isCrop && CutOffTest.isCutOff(detection.box, by: part.part)
            self.detection = detection
            self.detection.box = CropMerger.map(detection.box, from: part.part)
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

/// Tells whether a crop shows only a part of an object.
enum CutOffTest {
    /// Distance from the edge of a crop within which an object is cut off, as a fraction of the crop.
    private static let margin = 0.02
    /// Width or height of an object, as a fraction of the crop, from which it is taken for a part of a larger one. Crops
    /// are made so that their objects fill about half of them.
    private static let mostFilled = 0.9
    /// Tolerance for rounding errors of the edges of a crop.
    private static let slack = 1e-9

    /// - Parameters:
    ///   - box: place in normalized coordinates of the crop.
    ///   - part: crop in normalized coordinates of the frame. The edges of the frame cut nothing off.
    static func isCutOff(_ box: BoundingBox, by part: BoundingBox) -> Bool {
        let atLeft = part.x <= slack, atTop = part.y <= slack
        let atRight = part.right >= 1 - slack, atBottom = part.bottom >= 1 - slack
        if max(box.width, box.height) >= mostFilled { return true }
        return box.x <= margin && !atLeft || box.y <= margin && !atTop || box.right >= 1 - margin && !atRight
            || box.bottom >= 1 - margin && !atBottom
    }
}
