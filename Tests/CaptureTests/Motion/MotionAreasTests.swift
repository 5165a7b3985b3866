import Basics
import TestSupport
import Testing

@testable import Capture

/// A gate says where motion is, in the upright frame.
@Suite(.timeLimit(.minutes(10))) struct MotionAreasTests {
    private func areas(_ pattern: [String]) -> [CellArea] {
        var marks = pattern.joined().map { $0 == "#" ? UInt8(1) : 0 }
        var areas = ConnectedAreas()
        _ = areas.largest(in: &marks, columns: pattern[0].count, rows: pattern.count)
        return areas.areas
    }

    @Test func boundingBoxesContainAllCellsAndSingleCellsAreDropped() {
        let found = areas([
            "...#....#",
            "..#......",
            ".#......#",
            ".#.....##",
            "....#....",
        ])
        #expect(
            found == [
                CellArea(count: 4, columns: 1...3, rows: 0...3), CellArea(count: 3, columns: 7...8, rows: 2...3),
            ])
    }

    @Test func theLargestAreasAreKept() {
        // Columns of two to six cells, with a gap of a column between them.
        let heights = (0..<100).map { 2 + $0 % 5 }
        let pattern = (0..<6).map { row in heights.map { row < $0 ? "#." : ".." }.joined() }
        let found = areas(pattern)
        #expect(found.count == ConnectedAreas.most)
        #expect(found.map(\.count).sorted() == heights.sorted().suffix(ConnectedAreas.most))
    }

    @Test(arguments: [
        ([(2, 0, 0)], 1), ([(2, 0, 0), (2, 2, 0)], 1), ([(2, 0, 0), (2, 3, 0)], 2), ([(2, 0, 0), (2, 0, 3)], 1),
        ([(2, 0, 0), (2, 0, 4)], 2), ([(2, 0, 0), (2, 4, 0), (2, 2, 0)], 1),
    ])
    func areasWithACellBetweenThemAreJoined(_ example: ([(count: Int, column: Int, row: Int)], Int)) {
        let areas = example.0.map { CellArea(count: 2, columns: $0.column...$0.column, rows: $0.row...$0.row + 1) }
        let joined = MotionAreas.joined(areas)
        #expect(joined.count == example.1)
        #expect(joined.reduce(0) { $0 + $1.count } == 2 * areas.count)
        #expect(MotionAreas.joined(areas.reversed()) == joined, "whatever the order")
    }

    @Test func theResultOfJoiningDoesNotDependOnTheOrderAndLeavesNoNeighbours() {
        var random = SplitMix64(state: 11)
        for _ in 0..<200 {
            let areas = (0..<32).map { _ in
                let column = Int.random(in: 0..<60, using: &random), row = Int.random(in: 0..<40, using: &random)
                let width = Int.random(in: 0..<6, using: &random), height = Int.random(in: 0..<6, using: &random)
                return CellArea(count: 2, columns: column...column + width, rows: row...row + height)
            }
            let joined = MotionAreas.joined(areas)
            #expect(MotionAreas.joined(areas.shuffled(using: &random)) == joined)
            for first in joined.indices {
                for second in joined.indices where second != first {
                    #expect(!joined[first].isNear(joined[second], gap: MotionAreas.gap))
                }
            }
        }
    }

    @Test func theLargestPlacesComeFirstAndTheirNumberIsLimited() {
        let layout = LumaGrid.Layout(width: 768, height: 432, orientation: .upright)
        let areas = (0..<30).map { CellArea(count: 2 + $0, columns: 3 * $0...3 * $0, rows: 0...1 + $0) }
        let boxes = MotionAreas.boxes(of: areas, layout: layout)
        #expect(boxes.count == MotionAreas.most)
        #expect(boxes.map(\.height) == boxes.map(\.height).sorted(by: >))
    }

    /// The cells 20..<24 and 2..<5 of 40 × 20 in the stored frame.
    @Test(arguments: [
        (Orientation.upright, BoundingBox(left: 0.5, top: 0.1, right: 0.6, bottom: 0.25)),
        (.clockwise, BoundingBox(left: 0.75, top: 0.5, right: 0.9, bottom: 0.6)),
        (.upsideDown, BoundingBox(left: 0.4, top: 0.75, right: 0.5, bottom: 0.9)),
        (.counterclockwise, BoundingBox(left: 0.1, top: 0.4, right: 0.25, bottom: 0.5)),
        (.mirrored, BoundingBox(left: 0.4, top: 0.1, right: 0.5, bottom: 0.25)),
    ])
    func motionIsGivenInTheUprightFrame(_ example: (Orientation, BoundingBox)) throws {
        let scene = SyntheticScene(width: 320, height: 160, orientation: example.0)
        var run = GateRun(MotionSettings(), scene: scene)
        run.showStill(seconds: 10)
        #expect(run.verdicts.allSatisfy { $0.verdict.areas.isEmpty })
        let verdict = run.show(run.scene.grid(objectAt: 20..<24, 2..<5))
        #expect(verdict.reason == .motion)
        try #require(verdict.areas.count == 1)
        let (found, expected) = (verdict.areas[0], example.1)
        for (a, b) in [(found.x, expected.x), (found.y, expected.y), (found.right, expected.right)] {
            #expect(abs(a - b) < 1e-9, "\(found)")
        }
        #expect(abs(found.bottom - expected.bottom) < 1e-9, "\(found)")
    }

    @Test func motionInAMaskIsNotAmongThem() {
        let mask = Polygon([(0, 0), (0.5, 0), (0.5, 1), (0, 1)].map { Point(x: $0.0, y: $0.1) })
        var run = GateRun(MotionSettings(masks: [mask]))
        run.showStill(seconds: 10)
        let verdict = run.show(
            run.scene.grid { column, row, level in
                (4..<8).contains(row) && column % 10 < 4 ? (level < 128 ? level + 60 : level - 60) : level
            })
        #expect(verdict.areas.count == 2)
        #expect(verdict.areas.allSatisfy { $0.x >= 0.5 })
    }

    @Test func placesAreThoseOfTheFrameItself() {
        var run = GateRun()
        run.showStill(seconds: 10)
        #expect(!run.show(run.scene.grid(objectAt: 3..<7, 3..<7)).areas.isEmpty)
        #expect(run.show(run.scene.grid()).areas.isEmpty, "gone")
        run.gate.reset()
        #expect(run.show(run.scene.grid(objectAt: 3..<7, 3..<7)).areas.isEmpty, "the first frame")
    }

    @Test func motionThatIsTooSmallForTheGateHasAPlaceAsWell() {
        var run = GateRun(MotionSettings(minimumArea: 0.05))
        run.showStill(seconds: 10)
        let verdict = run.show(run.scene.grid(objectAt: 3..<5, 3..<5))
        #expect(verdict.reason != .motion)
        #expect(verdict.areas.count == 1)
    }

    @Test func rectanglesAreMappedThereAndBack() {
        let all: [Orientation] = [
            .upright, .clockwise, .upsideDown, .counterclockwise, .mirrored, Orientation(a: 0, b: 1, c: 1, d: 0),
        ]
        let stored = Rectangle(x: 0.125, y: 0.25, width: 0.5, height: 0.0625)
        for orientation in all { #expect(orientation.stored(orientation.shown(stored)) == stored) }
    }
}
