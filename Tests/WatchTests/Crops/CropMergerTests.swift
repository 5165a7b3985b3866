import Basics
import Capture
import Events
import TestSupport
import Testing

@testable import Watch

/// Detections of the parts of a frame become those of the frame.
@Suite(.timeLimit(.minutes(10))) struct CropMergerTests {
    private static let whole = BoundingBox(x: 0, y: 0, width: 1, height: 1)
    private static let crop = BoundingBox(x: 0.25, y: 0.5, width: 0.25, height: 0.25)

    /// Detection at a place of the frame, as seen in a part.
    private func seen(
        _ box: BoundingBox, in part: BoundingBox, label: Int = 0, score: Double = 0.8
    ) -> ObjectDetection {
        ObjectDetection(
            label: label, score: score,
            box: BoundingBox(
                x: (box.x - part.x) / part.width, y: (box.y - part.y) / part.height, width: box.width / part.width,
                height: box.height / part.height))
    }

    private func part(_ part: BoundingBox, _ detections: [ObjectDetection]) -> CropDetections {
        CropDetections(part: part, isCrop: part != Self.whole, detections: detections)
    }

    private let object = BoundingBox(x: 0.3125, y: 0.5625, width: 0.0625, height: 0.125)

    @Test func placesInACropAreMappedToTheFrame() {
        let merged = CropMerger.merge([part(Self.crop, [seen(object, in: Self.crop)])])
        #expect(merged == [ObjectDetection(label: 0, score: 0.8, box: object)])
    }

    @Test func placesInAPaddedImageAreMappedToTheFrame() {
        // The frame is twice as wide as it is high.
        let padded = BoundingBox(x: 0, y: -0.5, width: 1, height: 2)
        #expect(
            CropMerger.map(BoundingBox(x: 0, y: 0.25, width: 0.5, height: 0.25), from: padded)
                == BoundingBox(x: 0, y: 0, width: 0.5, height: 0.5))
    }

    @Test func mappingThereAndBackIsExact() {
        var random = SplitMix64(state: 2)
        let frame = PixelSize(width: 1920, height: 1080)
        for _ in 0..<500 {
            let side = 8 * Int.random(in: 12...130, using: &random)
            let crop = FrameCrop(
                left: 8 * Int.random(in: 0...(1920 - side) / 8, using: &random),
                top: 8 * Int.random(in: 0...(1080 - side) / 8, using: &random), side: side, frame: frame)
            let box = BoundingBox(
                x: Double(random.fraction()), y: Double(random.fraction()), width: Double(random.fraction()) * 0.5,
                height: Double(random.fraction()) * 0.5)
            let back = CropMerger.map(seen(box, in: crop.box).box, from: crop.box)
            for (a, b) in [(back.x, box.x), (back.y, box.y), (back.right, box.right), (back.bottom, box.bottom)] {
                #expect(abs(a - b) < 1e-12)
            }
        }
    }

    @Test func anObjectThatTwoPartsShowIsReportedOnceWithItsBestScore() {
        let other = BoundingBox(x: 0.28125, y: 0.53125, width: 0.25, height: 0.25)
        let parts = [
            part(Self.whole, [seen(object, in: Self.whole, score: 0.4)]),
            part(Self.crop, [seen(object, in: Self.crop, score: 0.9)]),
            part(other, [seen(object, in: other, score: 0.6)]),
        ]
        #expect(CropMerger.merge(parts) == [ObjectDetection(label: 0, score: 0.9, box: object)])
    }

    @Test func labelsAreMergedSeparately() {
        let parts = [
            part(Self.whole, [seen(object, in: Self.whole, label: 1)]),
            part(Self.crop, [seen(object, in: Self.crop, label: 0)]),
        ]
        #expect(CropMerger.merge(parts).map(\.label) == [0, 1])
    }

    @Test func twoObjectsOfOnePartAreBothKept() {
        // One stands in front of the other.
        let inner = BoundingBox(x: 0.3125, y: 0.59375, width: 0.0625, height: 0.0625)
        let parts = [part(Self.crop, [seen(object, in: Self.crop), seen(inner, in: Self.crop, score: 0.7)])]
        #expect(CropMerger.merge(parts).count == 2)
    }

    @Test func aCropThatSeparatesAGroupWins() {
        let left = BoundingBox(x: 0.3, y: 0.55, width: 0.04, height: 0.1)
        let right = BoundingBox(x: 0.345, y: 0.55, width: 0.04, height: 0.1)
        let parts = [
            part(Self.whole, [seen(left.union(with: right), in: Self.whole, score: 0.5)]),
            part(Self.crop, [seen(left, in: Self.crop, score: 0.9), seen(right, in: Self.crop, score: 0.8)]),
        ]
        #expect(CropMerger.merge(parts).map(\.score) == [0.9, 0.8])
    }

    // MARK: - Cut off

    /// Object that reaches over the right edge of the crop.
    private let across = BoundingBox(x: 0.4375, y: 0.5625, width: 0.125, height: 0.125)
    private let visible = BoundingBox(x: 0.4375, y: 0.5625, width: 0.0625, height: 0.125)

    @Test func anObjectThatIsCutOffGivesWayToTheWholeOneWhateverTheScore() {
        let parts = [
            part(Self.whole, [seen(across, in: Self.whole, score: 0.5)]),
            part(Self.crop, [seen(visible, in: Self.crop, score: 0.9)]),
        ]
        #expect(CropMerger.merge(parts) == [ObjectDetection(label: 0, score: 0.9, box: across)])
    }

    @Test func anObjectThatIsCutOffEverywhereIsDropped() {
        let parts = [part(Self.whole, []), part(Self.crop, [seen(visible, in: Self.crop, score: 0.9)])]
        #expect(CropMerger.merge(parts).isEmpty)
    }

    @Test func theEdgesOfTheFrameCutNothingOff() {
        for (x, y) in [(0.0, 0.0), (0.75, 0), (0, 0.75), (0.75, 0.75)] {
            let corner = BoundingBox(x: x, y: y, width: 0.25, height: 0.25)
            let object = BoundingBox(x: x == 0 ? 0 : 0.875, y: y == 0 ? 0 : 0.875, width: 0.125, height: 0.125)
            #expect(CropMerger.merge([part(corner, [seen(object, in: corner)])]).count == 1)
            let inside = BoundingBox(x: 0.375, y: 0.375, width: 0.25, height: 0.25)
            let edge = BoundingBox(
                x: x == 0 ? 0.375 : 0.5, y: y == 0 ? 0.375 : 0.5, width: 0.125, height: 0.125)
            #expect(CropMerger.merge([part(inside, [seen(edge, in: inside)])]).isEmpty)
        }
    }

    @Test func anObjectThatFillsACropIsTakenForAPart() {
        let filling = BoundingBox(x: 0.2575, y: 0.6, width: 0.235, height: 0.0625)
        #expect(CropMerger.merge([part(Self.crop, [seen(filling, in: Self.crop)])]).isEmpty)
        #expect(CropMerger.merge([part(Self.whole, [seen(Self.whole, in: Self.whole)])]).count == 1)
    }

    // MARK: - Properties

    @Test func theResultDoesNotDependOnTheOrderOfTheParts() {
        var random = SplitMix64(state: 9)
        for _ in 0..<300 {
            let parts = (0..<4).map { index in
                let part = index == 0 ? Self.whole : anyPart(&random)
                return self.part(part, (0..<6).map { _ in anyDetection(&random) })
            }
            let merged = CropMerger.merge(parts)
            let shuffled = parts.map { part in
                CropDetections(
                    part: part.part, isCrop: part.isCrop, detections: part.detections.shuffled(using: &random))
            }
            #expect(CropMerger.merge(shuffled.shuffled(using: &random)) == merged)
            #expect(merged.map(\.score) == merged.map(\.score).sorted(by: >))
        }
    }

    private func anyPart(_ random: inout SplitMix64) -> BoundingBox {
        // Few places, so that parts overlap.
        BoundingBox(
            x: Double(Int.random(in: 0...4, using: &random)) / 8, y: Double(Int.random(in: 0...4, using: &random)) / 8,
            width: 0.5, height: 0.5)
    }

    private func anyDetection(_ random: inout SplitMix64) -> ObjectDetection {
        ObjectDetection(
            label: Int.random(in: 0...1, using: &random), score: Double(Int.random(in: 1...5, using: &random)) / 5,
            box: BoundingBox(
                x: Double(Int.random(in: 0...3, using: &random)) / 8 + 0.05,
                y: Double(Int.random(in: 0...3, using: &random)) / 8 + 0.05, width: 0.4, height: 0.4))
    }
}
