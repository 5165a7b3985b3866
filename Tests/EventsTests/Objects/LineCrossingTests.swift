import Basics
import Testing

@testable import Events

/// Crossings are counted once for each object and direction (supervision#2598, #1838, #779).
@Suite(.timeLimit(.minutes(10))) struct LineCrossingTests {
    /// From the top to the bottom of the frame: going along it, the right-hand side is the left part of the image.
    private static func line(x: Double = 0.5, from: Double = 0, to: Double = 1) -> CountingLine {
        var line = CountingLine(name: "l", from: Point(x: x, y: from), to: Point(x: x, y: to))
        line.anchor = .center
        return line
    }

    /// Crossings of an object that is 0.1 wide, with its center at each x in turn, five times a second; as the letters R
    /// and L, and as lower case where they are known with the end of the object only.
    private static func crossings(_ places: [Double], y: Double = 0.5, _ line: CountingLine = line()) -> String {
        var crossing = LineCrossing()
        var text = ""
        var box = BoundingBox(x: 0, y: 0, width: 0, height: 0)
        var time = ZoneVisitTests.time(0)
        for (index, x) in places.enumerated() {
            box = BoundingBox(x: x - 0.05, y: y - 0.1, width: 0.1, height: 0.2)
            time = ZoneVisitTests.time(Double(index) / 5)
            if let found = crossing.observe(box, at: time, line: line) { text += found.isToRight ? "R" : "L" }
        }
        if let found = crossing.finish(box, at: time, line: line) { text += found.isToRight ? "r" : "l" }
        return text
    }

    @Test(arguments: [
        // Across, and back again.
        ([0.3, 0.4, 0.6, 0.7], "L"), ([0.7, 0.6, 0.4, 0.3], "R"), ([0.3, 0.6, 0.7, 0.4, 0.3], "LR"),
        // Trembling on the line, at its own side or at both.
        ([0.3, 0.495, 0.505, 0.498, 0.503, 0.4], ""), ([0.495, 0.505, 0.498, 0.503], ""),
        // Trembling after the crossing counts nothing more.
        ([0.3, 0.49, 0.55, 0.505, 0.495, 0.505, 0.6], "L"),
        // One wrong box.
        ([0.3, 0.31, 0.6, 0.32, 0.33], ""),
        // From one side to the other in one step, as at 2 frames a second.
        ([0.1, 0.9, 0.95], "L"),
        // It appears on the line: its first side is none that it has come from.
        ([0.5, 0.6, 0.7], ""), ([0.505, 0.4, 0.6, 0.7], "L"),
        // It vanishes behind the line, clear of it or not.
        ([0.3, 0.4, 0.6], "l"), ([0.3, 0.4, 0.507], "l"),
        // It vanishes on the line.
        ([0.3, 0.4, 0.501], ""), ([0.3, 0.4, 0.495], ""),
    ])
    func crossingsAreCountedOnce(_ places: [Double], _ expected: String) {
        #expect(Self.crossings(places) == expected)
    }

    @Test func aLineNearTheEdgeCounts() {
        // The box is cut off by the edge of the frame, so that its center hardly goes beyond.
        #expect(Self.crossings([0.9, 0.94, 0.975, 0.985], Self.line(x: 0.96)) == "L")
        #expect(Self.crossings([0.9, 0.94, 0.975], Self.line(x: 0.96)) == "l")
    }

    @Test func passingBeyondAnEndOfTheLineIsNoCrossing() {
        let line = Self.line(from: 0, to: 0.4)
        #expect(Self.crossings([0.3, 0.4, 0.6, 0.7], y: 0.6, line) == "")
        #expect(Self.crossings([0.3, 0.4, 0.6, 0.7], y: 0.3, line) == "L")
    }

    @Test func theRightHandSideIsThatOfTheImage() {
        // From left to right: the right-hand side is below.
        var line = CountingLine(name: "l", from: Point(x: 0, y: 0.5), to: Point(x: 1, y: 0.5))
        line.anchor = .bottom
        var crossing = LineCrossing()
        let found = [0.3, 0.4, 0.6, 0.7].enumerated().compactMap { index, y in
            crossing.observe(
                BoundingBox(x: 0.4, y: y - 0.2, width: 0.1, height: 0.2), at: ZoneVisitTests.time(Double(index)),
                line: line)
        }
        #expect(found == [LineCrossing.Crossing(isToRight: true, time: ZoneVisitTests.time(2))])
    }

    @Test(
        arguments: [
            ((0.5, 0.5), (0.5, 0.5), "in", "out", "the line has no length: both of its points are [0.5, 0.5]"),
            (
                (0.5, 0.5), (0.5, 1.5), "in", "out",
                "\"to\", [0.5, 1.5], is outside of the frame; coordinates are from 0 to 1"
            ),
            ((0.5, 0.5), (0.504, 0.5), "in", "out", "the line is shorter than 0.01 of the frame"),
            ((0.5, 0), (0.5, 1), "in", "in", "both directions are called \"in\"; they need different names"),
            ((0.5, 0), (0.5, 1), "in", "out", nil),
        ] as [((Double, Double), (Double, Double), String, String, String?)])
    func aLineThatIsNoneIsExplained(
        _ from: (Double, Double), _ to: (Double, Double), _ right: String, _ left: String, _ problem: String?
    ) {
        var line = CountingLine(name: "l", from: Point(x: from.0, y: from.1), to: Point(x: to.0, y: to.1))
        line.toRight = right
        line.toLeft = left
        #expect(line.problem == problem)
    }
}
