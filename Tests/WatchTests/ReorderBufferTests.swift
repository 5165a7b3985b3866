import Testing

@testable import Watch

@Suite(.timeLimit(.minutes(10))) struct ReorderBufferTests {
    @Test func whatComesInAnyOrderGoesOutInOrder() {
        var random = SystemRandomNumberGenerator()
        for count in [0, 1, 2, 10, 100] {
            var buffer = ReorderBuffer<Int>()
            var out: [Int] = []
            for number in (0..<count).shuffled(using: &random) { out += buffer.add(number * 10, number: number) }
            #expect(out == (0..<count).map { $0 * 10 })
        }
    }

    @Test func nothingIsHeldBackThatCouldGo() {
        var buffer = ReorderBuffer<String>()
        let first = [buffer.add("b", number: 1), buffer.add("a", number: 0), buffer.add("c", number: 2)]
        #expect(first == [[], ["a", "b"], ["c"]])
    }
}
