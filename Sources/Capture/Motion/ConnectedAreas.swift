/// Connected area of marked cells.
struct CellArea: Equatable, Sendable, Codable {
    /// Number of cells.
    var count: Int
    /// Columns of the bounding box.
    var columns: ClosedRange<Int>
    /// Rows of the bounding box.
    var rows: ClosedRange<Int>

    /// Whether the bounding boxes have at most so many cells between them.
    func isNear(_ other: CellArea, gap: Int) -> Bool {
        Self.distance(columns, other.columns) <= gap && Self.distance(rows, other.rows) <= gap
    }

    /// Returns both as one area.
    func joined(with other: CellArea) -> CellArea {
        CellArea(
            count: count + other.count, columns: Self.hull(columns, other.columns), rows: Self.hull(rows, other.rows))
    }

    /// Returns the number of cells between two ranges; negative if they overlap.
    private static func distance(_ a: ClosedRange<Int>, _ b: ClosedRange<Int>) -> Int {
        max(a.lowerBound, b.lowerBound) - min(a.upperBound, b.upperBound) - 1
    }

    private static func hull(_ a: ClosedRange<Int>, _ b: ClosedRange<Int>) -> ClosedRange<Int> {
        min(a.lowerBound, b.lowerBound)...max(a.upperBound, b.upperBound)
    }
}

/// Finds connected areas of marked cells (8-connectivity).
struct ConnectedAreas: Sendable, Codable {
    /// Largest areas of the last search, in no order: at most ``most``, with at least ``fewestCells`` cells.
    private(set) var areas: [CellArea] = []
    /// Cells whose neighbours have not been visited yet.
    private var pending: [Int] = []

    /// Most areas that are kept.
    static let most = 32
    /// Fewest cells of an area that is kept: single cells may change by chance.
    static let fewestCells = 2

    /// Finds all areas.
    ///
    /// - Parameter marks: 1 for marked cells, which become 2.
    /// - Returns: the number of cells of the largest area.
    mutating func largest(in marks: inout [UInt8], columns: Int, rows: Int) -> Int {
        areas.removeAll(keepingCapacity: true)
        var largest = 0
        for index in 0..<columns * rows where marks[index] == 1 {
            let area = area(at: index, in: &marks, columns: columns, rows: rows)
            largest = max(largest, area.count)
            if area.count >= Self.fewestCells { keep(area) }
        }
        return largest
    }

    /// Forgets the last search.
    mutating func clear() { areas.removeAll(keepingCapacity: true) }

    /// Keeps an area if it is among the largest.
    private mutating func keep(_ area: CellArea) {
        guard areas.count == Self.most else { return areas.append(area) }
        guard let least = areas.indices.min(by: { areas[$0].count < areas[$1].count }),
            areas[least].count < area.count
        else { return }
        areas[least] = area
    }

    private mutating func area(at start: Int, in marks: inout [UInt8], columns: Int, rows: Int) -> CellArea {
        let (startRow, startColumn) = start.quotientAndRemainder(dividingBy: columns)
        var (count, left, right, bottom) = (0, startColumn, startColumn, startRow)
        marks[start] = 2
        pending.append(start)
        while let index = pending.popLast() {
            count += 1
            let (row, column) = index.quotientAndRemainder(dividingBy: columns)
            (left, right, bottom) = (min(left, column), max(right, column), max(bottom, row))
            for neighbourRow in max(0, row - 1)...min(rows - 1, row + 1) {
                for neighbourColumn in max(0, column - 1)...min(columns - 1, column + 1) {
                    let neighbour = neighbourRow * columns + neighbourColumn
                    guard marks[neighbour] == 1 else { continue }
                    marks[neighbour] = 2
                    pending.append(neighbour)
                }
            }
        }
        // Cells are visited row by row: the first one is in the uppermost row.
        return CellArea(count: count, columns: left...right, rows: startRow...bottom)
    }
}
