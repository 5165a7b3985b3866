import Testing

@testable import MobileNet

/// Constants are computed as NumPy would compute them.
struct OnnxEvaluationTests {
    private static func evaluate(_ operation: String, _ inputs: [OnnxConstant?]) throws -> OnnxConstant? {
        try OnnxEvaluation.evaluate(OnnxFile.Node(operation: operation), inputs, version: 17, bytes: [])
    }

    private static func list(_ values: [Int]) -> OnnxConstant { OnnxConstant(values) }

    private static func scalar(_ value: Float) -> OnnxConstant { OnnxConstant(shape: [], values: .floats([value])) }

    /// Starts, ends, axes, steps, and the result of a table of 2 × 5 with the numbers from 0 on.
    private typealias Case = (starts: [Int], ends: [Int], axes: [Int], steps: [Int], shape: [Int], values: [Int])

    @Test func slicesHaveAnyAxisAndStep() throws {
        let table = OnnxConstant(shape: [2, 5], values: .integers(Array(0..<10)))
        let cases: [Case] = [
            ([1], [4], [1], [1], [2, 3], [1, 2, 3, 6, 7, 8]),
            ([0], [5], [1], [2], [2, 3], [0, 2, 4, 5, 7, 9]),
            ([-1], [-.max], [0], [-1], [2, 5], [5, 6, 7, 8, 9, 0, 1, 2, 3, 4]),
            ([-2], [.max], [-1], [1], [2, 2], [3, 4, 8, 9]),
            ([3], [0], [1], [-2], [2, 2], [3, 1, 8, 6]),
            ([1, 1], [2, 3], [0, 1], [1, 1], [1, 2], [6, 7]),
            ([4], [2], [1], [1], [2, 0], []),
        ]
        for each in cases {
            let result = try #require(
                try Self.evaluate(
                    "Slice",
                    [
                        table, Self.list(each.starts), Self.list(each.ends), Self.list(each.axes),
                        Self.list(each.steps),
                    ]))
            #expect(result.shape == each.shape)
            #expect(result.integers == each.values)
        }
    }

    @Test func slicesThatMakeNoSenseAreRefused() throws {
        let table = OnnxConstant(shape: [2, 5], values: .integers(Array(0..<10)))
        for (axes, steps) in [([2], [1]), ([-3], [1]), ([0], [0]), ([0], [.min]), ([0, 1], [1])] {
            let result = try? Self.evaluate(
                "Slice", [table, Self.list([0]), Self.list([1]), Self.list(axes), Self.list(steps)])
            #expect(result?.count == nil)
        }
    }

    @Test func clipsKeepTheTypeAndMayLackABound() throws {
        let numbers = OnnxConstant(shape: [3], values: .floats([-1.5, 0.25, 9]))
        #expect(try Self.evaluate("Clip", [numbers, Self.scalar(0), Self.scalar(6)])?.floats == [0, 0.25, 6])
        #expect(try Self.evaluate("Clip", [numbers, Self.scalar(0), nil])?.floats == [0, 0.25, 9])
        #expect(try Self.evaluate("Clip", [numbers, nil, Self.scalar(0.5)])?.floats == [-1.5, 0.25, 0.5])
        let integers = try Self.evaluate("Clip", [Self.list([-3, 2, 70]), Self.scalar(-0.5), Self.scalar(6.5)])
        #expect(integers?.exactIntegers == [0, 2, 6])
        #expect(try Self.evaluate("Clip", [numbers, numbers])?.count == nil)
    }
}
