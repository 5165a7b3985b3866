import Basics

/// Writer of the text format of Prometheus, version 0.0.4. The names conform to OpenMetrics, too.
struct MetricsText {
    /// Content type of the format.
    static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    enum Kind: String {
        /// Never decreases; its name ends in `_total`.
        case counter
        case gauge
    }

    /// Names of labels with their values.
    typealias Labels = KeyValuePairs<String, String>

    private(set) var text = ""

    /// Adds a metric with a value for each set of labels. Adds nothing without values.
    mutating func add(_ name: String, _ kind: Kind, _ help: String, _ values: [(labels: Labels, value: Double)]) {
        guard !values.isEmpty else { return }
        addHead(name, kind.rawValue, help)
        for (labels, value) in values { addLine(name, labels, value) }
    }

    /// Adds a metric without labels.
    mutating func add(_ name: String, _ kind: Kind, _ help: String, _ value: Double) {
        add(name, kind, help, [(labels: [:] as Labels, value: value)])
    }

    /// Adds a histogram per source.
    mutating func add(_ name: String, _ help: String, _ values: [(source: String, histogram: DurationHistogram)]) {
        guard !values.isEmpty else { return }
        addHead(name, "histogram", help)
        for (source, histogram) in values {
            for (place, count) in histogram.cumulativeCounts.enumerated() {
                let bound = Self.number(DurationHistogram.bounds[place])
                addLine(name + "_bucket", ["source": source, "le": bound], Double(count))
            }
            addLine(name + "_sum", ["source": source], histogram.sum)
            addLine(name + "_count", ["source": source], Double(histogram.count))
        }
    }

    private mutating func addHead(_ name: String, _ kind: String, _ help: String) {
        text += "# HELP \(name) \(help)\n# TYPE \(name) \(kind)\n"
    }

    private mutating func addLine(_ name: String, _ labels: Labels, _ value: Double) {
        text += name
        if !labels.isEmpty {
            text += "{" + labels.map { "\($0)=\"\(Self.escaped($1))\"" }.joined(separator: ",") + "}"
        }
        text += " \(Self.number(value))\n"
    }

    /// Formats a number. Integers have no decimal point.
    static func number(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value > 0 ? "+Inf" : "-Inf" }
        return Int(exactly: value).map(String.init) ?? "\(value)"
    }

    /// Escapes the value of a label.
    static func escaped(_ value: String) -> String {
        var text = ""
        for character in value.unicodeScalars {
            switch character {
            case "\\": text += "\\\\"
            case "\"": text += "\\\""
            case "\n": text += "\\n"
            default: text.unicodeScalars.append(character)
            }
        }
        return text
    }
}
