/// Returns the names that a mistyped name may have meant, the most similar first: those within a small edit distance,
/// then those that contain it as a word.
///
/// - Parameters:
///   - name: the mistyped name.
///   - candidates: all valid names.
///   - limit: the maximum number of results.
package func nearestNames(to name: String, among candidates: Set<String>, limit: Int = 3) -> [String] {
    let mostEdits = max(1, name.count / 3)
    let ranked = candidates.compactMap { candidate -> (rank: Int, name: String)? in
        // The distance is at least the difference in length.
        if abs(name.count - candidate.count) <= mostEdits, case let distance = editDistance(name, candidate),
            distance <= mostEdits
        {
            return (distance, candidate)
        }
        let words = candidate.split { !$0.isLetter }
        return words.contains { $0 == name } ? (mostEdits + 1, candidate) : nil
    }
    return ranked.sorted { ($0.rank, $0.name) < ($1.rank, $1.name) }.prefix(limit).map(\.name)
}

/// Returns the number of letters to substitute, insert, delete or transpose: the Damerau–Levenshtein distance, in the
/// variant in which no letter is edited twice (optimal string alignment).
func editDistance(_ a: String, _ b: String) -> Int {
    let a = Array(a)
    let b = Array(b)
    var before = [Int](repeating: 0, count: b.count + 1)
    var row = Array(0...b.count)
    for (i, letter) in a.enumerated() {
        var next = [i + 1] + row.dropFirst()
        for (j, other) in b.enumerated() {
            next[j + 1] = min(row[j] + (letter == other ? 0 : 1), next[j] + 1, row[j + 1] + 1)
            if i > 0, j > 0, letter == b[j - 1], other == a[i - 1] { next[j + 1] = min(next[j + 1], before[j - 1] + 1) }
        }
        (before, row) = (row, next)
    }
    return row[b.count]
}
