import Testing

@testable import MobileNet

@Suite(.timeLimit(.minutes(20))) struct StridedWalkTests {
    @Test(
        arguments: [
            ([], [], 3), ([4], [1], 0), ([4], [5], 2), ([1, 1], [7, 9], 1), ([2, 3], [3, 1], 0), ([3, 2], [1, 3], 0),
            ([2, 3, 4], [12, 4, 1], 5), ([4, 3, 2], [1, 4, 12], 0), ([2, 1, 3], [3, 99, 1], 0), ([2, 2], [0, 0], 4),
            ([2, 3, 2], [1, 2, 6], 0), ([5, 1, 2, 3], [.max, .max, 3, 1], 0),
        ] as [([Int], [Int], Int)])
    func itGoesWhereTheStridesSay(_ shape: [Int], _ strides: [Int], _ start: Int) {
        // Those of one number may have any stride.
        let strides = strides.map { $0 == .max ? 6 : $0 }
        var expected = [start]
        for (extent, stride) in zip(shape, strides) {
            expected = expected.flatMap { place in (0..<extent).map { place + $0 * stride } }
        }
        var walk = StridedWalk(shape: shape, strides: strides, start: start)
        #expect(expected.map { _ in walk.next() } == expected)
    }

    @Test func aPermutationIsUndoneByItsInverse() throws {
        let tensor = Tensor(shape: [2, 3, 4], values: (0..<24).map { Float($0) })
        let turned = try Transposition.apply(tensor, [2, 0, 1])
        #expect(turned.shape == [4, 2, 3] && turned.values.prefix(4) == [0, 4, 8, 12])
        #expect(try Transposition.apply(turned, [1, 2, 0]) == tensor)
        #expect(throws: FormatError.self) { try Transposition.apply(tensor, [0, 1]) }
    }
}
