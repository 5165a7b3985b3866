/// Names that somebody may have meant, the likeliest first: those with the name as a word in them, and
/// those that few slips of the finger away.
///
/// - Parameters:
///   - name: what was typed.
///   - candidates: what there is.
package func nearestNames(to name: String, among candidates: Set<String>, limit: Int = 3) -> [String] {
    let slips = max(1, name.count / 3)
    let ranked = candidates.compactMap { candidate -> (rank: Int, name: String)? in
        // No fewer letters are to be added than one is shorter than the other.
        if abs(name.count - candidate.count) <= slips, case let distance = editDistance(name, candidate),
            distance <= slips
        {
            return (distance, candidate)
        }
        let words = candidate.split { !$0.isLetter }
        return words.contains { $0 == name } ? (slips + 1, candidate) : nil
    }
    return ranked.sorted { ($0.rank, $0.name) < ($1.rank, $1.name) }.prefix(limit).map(\.name)
}

/// How many letters have to be changed, added, left out or swapped with their neighbour (Damerau, 1964; the
/// variant in which no letter is touched twice).
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
