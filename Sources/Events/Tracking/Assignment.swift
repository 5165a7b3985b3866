/// Optimal assignment with the Hungarian algorithm, by shortest augmenting paths (Jonker and Volgenant 1987).
enum Assignment {
    /// Returns the column of each row at the least total cost, in O(rows² · columns). A row that costs `limit` or more in its
    /// column has none: not being assigned costs `limit`. A cost that is not a number counts as `limit`.
    static func solve(rows: Int, columns: Int, limit: Double, cost: (Int, Int) -> Double) -> [Int?] {
        guard rows > 0, columns > 0 else { return Array(repeating: nil, count: max(0, rows)) }
        let isTransposed = rows > columns
        let (short, long) = isTransposed ? (columns, rows) : (rows, columns)
        var costs = [Double](repeating: limit, count: short * long)
        for i in 0..<short {
            for j in 0..<long {
                let value = isTransposed ? cost(j, i) : cost(i, j)
                if value < limit { costs[i * long + j] = value }
            }
        }
        var result = [Int?](repeating: nil, count: rows)
        for (j, i) in owners(costs, short, long).enumerated() {
            guard let i, costs[i * long + j] < limit else { continue }
            if isTransposed { result[j] = i } else { result[i] = j }
        }
        return result
    }

    /// Returns the row of each column. `rows` is at most `columns`.
    private static func owners(_ costs: [Double], _ rows: Int, _ columns: Int) -> [Int?] {
        // Row 0 and column 0 are not real: they are where each path starts.
        var rowPotential = [Double](repeating: 0, count: rows + 1)
        var columnPotential = [Double](repeating: 0, count: columns + 1)
        var owner = [Int](repeating: 0, count: columns + 1)
        for row in 1...rows {
            owner[0] = row
            var column = 0
            var least = [Double](repeating: .infinity, count: columns + 1)
            var previous = [Int](repeating: 0, count: columns + 1)
            var isUsed = [Bool](repeating: false, count: columns + 1)
            repeat {
                isUsed[column] = true
                let i = owner[column]
                var (delta, next) = (Double.infinity, 0)
                for j in 1...columns where !isUsed[j] {
                    let reduced = costs[(i - 1) * columns + j - 1] - rowPotential[i] - columnPotential[j]
                    if reduced < least[j] { (least[j], previous[j]) = (reduced, column) }
                    if least[j] < delta { (delta, next) = (least[j], j) }
                }
                for j in 0...columns {
                    if isUsed[j] {
                        rowPotential[owner[j]] += delta
                        columnPotential[j] -= delta
                    } else {
                        least[j] -= delta
                    }
                }
                column = next
            } while owner[column] != 0
            while column != 0 {
                owner[column] = owner[previous[column]]
                column = previous[column]
            }
        }
        return owner.dropFirst().map { $0 == 0 ? nil : $0 - 1 }
    }
}
