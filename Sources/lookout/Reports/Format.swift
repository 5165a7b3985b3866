import MobileNet

/// Height and width of a frame, as `224²` or `48 × 192`.
func pixels(_ shape: Shape) -> String {
    shape.height == shape.width ? "\(shape.width)²" : "\(shape.height) × \(shape.width)"
}

/// A number with a fixed number of digits behind the point.
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

/// Seconds as a clock shows them: `1:02:03`, or `2:03`.
func clockTime(_ seconds: Double) -> String {
    let total = seconds.isFinite ? Int(min(max(0, seconds), 1e12).rounded(.down)) : 0
    func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
    let minutes = total / 60 % 60
    return total >= 3600
        ? "\(total / 3600):\(two(minutes)):\(two(total % 60))" : "\(minutes):\(two(total % 60))"
}

/// A number and what is counted: `1 event`, `2 events`.
func count(_ number: Int, _ noun: String, _ plural: String? = nil) -> String {
    "\(number) \(number == 1 ? noun : plural ?? noun + "s")"
}

/// Bytes as people read them: `18.6 MB`.
func byteCount(_ bytes: Int) -> String {
    switch bytes {
    case ..<1_000_000: "\(decimals(Double(bytes) / 1e3, 1)) kB"
    case ..<1_000_000_000: "\(decimals(Double(bytes) / 1e6, 1)) MB"
    default: "\(decimals(Double(bytes) / 1e9, 1)) GB"
    }
}

/// Large counts as people read them: `4.65 M`.
func millions(_ count: Int) -> String { "\(decimals(Double(count) / 1e6, 2)) M" }
