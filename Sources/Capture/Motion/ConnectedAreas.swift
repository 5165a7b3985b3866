/// Finds connected areas of marked cells (8-connectivity).
struct ConnectedAreas: Sendable {
    /// Cells whose neighbours have not been visited yet.
    private var pending: [Int] = []

    /// Returns the number of cells of the largest area.
    ///
    /// - Parameter marks: 1 for marked cells, which become 2.
    mutating func largest(in marks: inout [UInt8], columns: Int, rows: Int) -> Int {
        var largest = 0
        for index in 0..<columns * rows where marks[index] == 1 {
            largest = max(largest, area(at: index, in: &marks, columns: columns, rows: rows))
        }
        return largest
    }

    private mutating func area(at start: Int, in marks: inout [UInt8], columns: Int, rows: Int) -> Int {
        var count = 0
        marks[start] = 2
        pending.append(start)
        while let index = pending.popLast() {
            count += 1
            let (row, column) = index.quotientAndRemainder(dividingBy: columns)
            for neighbourRow in max(0, row - 1)...min(rows - 1, row + 1) {
                for neighbourColumn in max(0, column - 1)...min(columns - 1, column + 1) {
                    let neighbour = neighbourRow * columns + neighbourColumn
                    guard marks[neighbour] == 1 else { continue }
                    marks[neighbour] = 2
                    pending.append(neighbour)
                }
            }
        }
        return count
    }
}
