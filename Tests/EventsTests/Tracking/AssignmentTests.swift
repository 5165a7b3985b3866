import Testing

@testable import Events

@Suite(.timeLimit(.minutes(10)))
struct AssignmentTests {
    @Test func costsNoMoreThanAnyOtherAssignment() {
        var seed: UInt64 = 7
        func next() -> Double {
            seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Double(seed >> 33) / Double(1 << 31)
        }
        for _ in 0..<300 {
            let (rows, columns) = (1 + Int(next() * 5), 1 + Int(next() * 5))
            let costs = (0..<rows).map { _ in (0..<columns).map { _ in next() } }
            let result = Assignment.solve(rows: rows, columns: columns, limit: 0.6) { costs[$0][$1] }
            let assigned = result.compactMap { $0 }
            #expect(Set(assigned).count == assigned.count)
            var total = 0.0
            for (row, column) in result.enumerated() {
                if let column { total += costs[row][column] }
            }
            let saved = total - 0.6 * Double(assigned.count)
            #expect(abs(saved - leastSum(costs, row: 0, used: [])) < 1e-9)
        }
    }

    @Test func costsThatAreNoNumbersAreNotAssigned() {
        #expect(Assignment.solve(rows: 2, columns: 1, limit: 1) { _, _ in .nan } == [nil, nil])
        #expect(Assignment.solve(rows: 0, columns: 3, limit: 1) { _, _ in 0 }.isEmpty)
    }

    /// Returns the least sum of costs below the limit, by trying all assignments.
    private func leastSum(_ costs: [[Double]], row: Int, used: Set<Int>) -> Double {
        guard row < costs.count else { return 0 }
        var least = leastSum(costs, row: row + 1, used: used)
        for column in costs[row].indices where !used.contains(column) {
            least = min(
                least, costs[row][column] - 0.6 + leastSum(costs, row: row + 1, used: used.union([column])))
        }
        return least
    }
}
