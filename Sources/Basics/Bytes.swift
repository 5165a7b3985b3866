/// Number of bytes with a unit, as in messages: `3 bytes`, `1.5 KiB`, `250 MiB`.
package struct Bytes: Equatable, Sendable, CustomStringConvertible {
    /// Number of bytes.
    package let count: Int

    package init(_ count: Int) { self.count = count }

    private static let units = ["bytes", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"]

    package var description: String {
        guard count != 1 else { return "1 byte" }
        var (whole, unit) = (Double(count), 0)
        while whole >= 1000, unit < Self.units.count - 1 {
            whole /= 1024
            unit += 1
        }
        let tenths = (whole * 10).rounded() / 10
        let isWhole = tenths >= 100 || tenths == tenths.rounded()
        return "\(isWhole ? String(Int(tenths.rounded())) : String(tenths)) \(Self.units[unit])"
    }
}

extension Bytes {
    /// Parses a number with an optional unit: `1500`, `512MiB`, `2GB`, `1.5 GiB`. Returns `nil` for anything else.
    package init?(_ text: String) {
        let factors = [
            "": 1.0, "B": 1, "kB": 1e3, "MB": 1e6, "GB": 1e9, "TB": 1e12, "KiB": 0x1p10, "MiB": 0x1p20, "GiB": 0x1p30,
            "TiB": 0x1p40,
        ]
        let digits = text.prefix { $0.isNumber || $0 == "." }
        let unit = text[digits.endIndex...].drop { $0 == " " }
        guard let number = Double(digits), let factor = factors[String(unit)],
            let count = Int(exactly: (number * factor).rounded())
        else { return nil }
        self.init(count)
    }
}
