/// Syntax error of a region. Its description is a sentence that contains the text.
package struct RegionError: Error, Equatable, CustomStringConvertible {
    /// Error message.
    package let description: String
}

/// Parses regions:
///
/// - `door=0.1,0.2,0.3,0.4`: name, left edge, upper edge, width and height;
/// - `tiles=3x2`: columns and rows of tiles; `tiles=3x2,0.1`: tiles that overlap by a tenth.
///
/// Spaces around names and numbers are ignored.
package enum RegionParser {
    /// Reserved name of a grid.
    private static let tiles = "tiles"

    /// Parses several regions, in order.
    ///
    /// - Throws: ``RegionError`` for the first text that is wrong, or if two regions have the same name.
    package static func regions(_ texts: [String]) throws(RegionError) -> [Region] {
        var regions: [Region] = []
        for text in texts {
            for region in try self.regions(text) {
                guard !regions.contains(where: { $0.name == region.name }) else {
                    throw failure(text, "there is already a region with the name \(region.name)")
                }
                regions.append(region)
            }
        }
        return regions
    }

    /// Parses a region, or the tiles of a grid.
    ///
    /// - Throws: ``RegionError``.
    package static func regions(_ text: String) throws(RegionError) -> [Region] {
        try area(text).regions
    }

    /// Parses a region or a grid.
    ///
    /// - Throws: ``RegionError``.
    package static func area(_ text: String) throws(RegionError) -> RegionArea {
        guard let separator = text.firstIndex(of: "=") else {
            throw failure(text, "a region is written as door=0.1,0.2,0.3,0.4, a grid of tiles as tiles=3x2")
        }
        let name = trimmed(text[..<separator])
        let value = text[text.index(after: separator)...]
        let fields = value.split(separator: ",", omittingEmptySubsequences: false).map(trimmed)
        return name == tiles ? .tiles(try grid(fields, in: text)) : .part(try region(name, fields, in: text))
    }

    private static func region(_ name: String, _ fields: [String], in text: String) throws(RegionError) -> Region {
        guard fields.count == 4 else {
            throw failure(
                text, "a region has four numbers (left edge, upper edge, width and height), not \(fields.count)")
        }
        var numbers: [Double] = []
        for field in fields { numbers.append(try number(field, in: text)) }
        let region = Region(name: name, x: numbers[0], y: numbers[1], width: numbers[2], height: numbers[3])
        if let problem = region.problem { throw failure(text, problem) }
        return region
    }

    private static func grid(_ fields: [String], in text: String) throws(RegionError) -> TileGrid {
        let counts = fields[0].split(separator: "x", omittingEmptySubsequences: false).map { Int(trimmed($0)) }
        guard fields.count <= 2, counts.count == 2, let columns = counts[0], let rows = counts[1] else {
            throw failure(text, "tiles are written as tiles=3x2 (columns and rows), or tiles=3x2,0.1 if they overlap")
        }
        let overlap = fields.count == 2 ? try number(fields[1], in: text) : 0
        let grid = TileGrid(columns: columns, rows: rows, overlap: overlap)
        if let problem = grid.problem { throw failure(text, problem) }
        return grid
    }

    private static func number(_ field: String, in text: String) throws(RegionError) -> Double {
        guard let number = Double(field), number.isFinite else {
            throw failure(text, field.isEmpty ? "a number is missing" : "'\(field)' is not a number")
        }
        return number
    }

    private static func trimmed(_ text: Substring) -> String {
        let start = text.drop { $0 == " " || $0 == "\t" }
        let end = start.lastIndex { $0 != " " && $0 != "\t" }
        return end.map { String(start[...$0]) } ?? ""
    }

    private static func failure(_ text: String, _ reason: String) -> RegionError {
        RegionError(description: "the region '\(text)': \(reason)")
    }
}
