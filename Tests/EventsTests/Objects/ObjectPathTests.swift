import Basics
import Testing

@testable import Events

/// The way of an object has few points, and its shape.
@Suite(.timeLimit(.minutes(10))) struct ObjectPathTests {
    /// A way to the right, and then down, in steps.
    private static func corner(step: Double) -> (path: ObjectPath, last: Point) {
        var path = ObjectPath()
        var last = Point(x: 0.1, y: 0.1)
        for index in 0...Int((1.6 / step).rounded()) {
            let way = Double(index) * step
            last = way < 0.8 ? Point(x: 0.1 + way, y: 0.1) : Point(x: 0.9, y: way - 0.7)
            path.add(last)
        }
        return (path, last)
    }

    /// 0.002 of the frame in a sample: who walks through the frame in half a minute, at 15 frames a second.
    @Test(arguments: [0.001, 0.002, 0.004, 0.006, 0.02, 0.1])
    func aWayAroundACornerKeepsItAtEverySpeed(_ step: Double) throws {
        let (path, last) = Self.corner(step: step)
        #expect(path.points.count <= ObjectPath.mostPoints)
        #expect(path.points.first == Point(x: 0.1, y: 0.1) && path.points.last == last)
        let distance = try #require(path.points.map { Segment($0, Point(x: 0.9, y: 0.1)).length }.min())
        #expect(distance < max(0.006, step))
    }

    @Test func anObjectThatStandsHasAShortWay() {
        var path = ObjectPath()
        for index in 0..<100_000 { path.add(Point(x: 0.5 + (index.isMultiple(of: 2) ? 0.001 : -0.001), y: 0.5)) }
        #expect(path.points.count == 2)
    }

    /// Only what is in the frame makes a sample the best.
    @Test func aBoxThatReachesOverTheEdgeIsNotTheBestForThat() {
        var detector = ObjectEventDetector(settings: ObjectEventDetectorTests.settings())
        for index in 0..<20 {
            let x = -0.05 + 0.02 * Double(index)
            _ = detector.observe(
                [ObjectEventDetectorTests.object(x: x, size: 0.3)], at: ZoneVisitTests.time(Double(index) / 5))
        }
        #expect(detector.present.first.map { $0.best.media > 1.5 } == true)
    }
}
