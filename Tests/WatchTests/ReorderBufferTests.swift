import Testing

@testable import Watch

@Suite struct ReorderBufferTests {
    @Test func whatComesInAnyOrderGoesOutInOrder() {
        var random = SystemRandomNumberGenerator()
        for count in [0, 1, 2, 10, 100] {
            var inOrder = ReorderBuffer<Int>()
            var out: [Int] = []
            for number in (0..<count).shuffled(using: &random) { out += inOrder.add(number * 10, number: number) }
            #expect(out == (0..<count).map { $0 * 10 })
        }
    }

    @Test func nothingIsHeldBackThatCouldGo() {
        var inOrder = ReorderBuffer<String>()
        let first = [inOrder.add("b", number: 1), inOrder.add("a", number: 0), inOrder.add("c", number: 2)]
        #expect(first == [[], ["a", "b"], ["c"]])
    }
}
