import Events
import MobileNet
import Watch

/// Formats height and width, as `224²` or `48 × 192`.
func pixels(_ shape: Shape) -> String {
    shape.height == shape.width ? "\(shape.width)²" : "\(shape.height) × \(shape.width)"
}

/// Formats a number with a fixed number of decimals.
func decimals(_ value: Double, _ count: Int) -> String {
    guard value.isFinite else { return "–" }
    var unit = 1.0
    for _ in 0..<count { unit *= 10 }
    let scaled = Int(min((abs(value) * unit).rounded(), 1e18))
    let whole = scaled / Int(unit)
    let fraction = String(scaled % Int(unit))
    let sign = value < 0 && scaled > 0 ? "-" : ""
    guard count > 0 else { return "\(sign)\(whole)" }
    return "\(sign)\(whole).\(String(repeating: "0", count: count - fraction.count))\(fraction)"
}

/// Formats seconds as `1:02:03` or `2:03`.
func clockTime(_ seconds: Double) -> String {
    let total = seconds.isFinite ? Int(min(max(0, seconds), 1e12).rounded(.down)) : 0
    func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
    let minutes = total / 60 % 60
    return total >= 3600
        ? "\(total / 3600):\(two(minutes)):\(two(total % 60))" : "\(minutes):\(two(total % 60))"
}

/// Formats a count with its noun: `1 event`, `2 events`.
func count(_ number: Int, _ noun: String, _ plural: String? = nil) -> String {
    "\(number) \(number == 1 ? noun : plural ?? noun + "s")"
}

/// Formats a number of bytes, as `18.6 MB`.
func byteCount(_ bytes: Int) -> String {
    switch bytes {
    case ..<1_000_000: "\(decimals(Double(bytes) / 1e3, 1)) kB"
    case ..<1_000_000_000: "\(decimals(Double(bytes) / 1e6, 1)) MB"
    default: "\(decimals(Double(bytes) / 1e9, 1)) GB"
    }
}

/// Formats a count in millions, as `4.65 M`.
func millions(_ count: Int) -> String { "\(decimals(Double(count) / 1e6, 2)) M" }

extension StageTimes {
    /// Share of each stage for people, as `decode 61 %, infer 30 %, scale 8 %`, the largest first; `nil` if nothing was measured.
    var text: String? {
        guard total > 0 else { return nil }
        let shares = Stage.allCases.map { (stage: $0, percent: Int((100 * self[$0] / total).rounded())) }
        return shares.filter { $0.percent > 0 }
            .sorted { ($1.percent, $0.stage.rawValue) < ($0.percent, $1.stage.rawValue) }
            .map { "\($0.stage) \($0.percent) %" }.joined(separator: ", ")
    }

    /// Seconds of each stage, summed over all threads.
    var json: JSONLine {
        var line = JSONLine()
        for stage in Stage.allCases { line.add("\(stage)", self[stage], decimals: 3) }
        return line
    }
}
