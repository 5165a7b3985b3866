import FoundationEssentials

extension Timestamp {
    /// - Parameter text: an ISO 8601 time with a time zone, as `2026-11-22T21:17:03Z`, with or without a
    ///   fraction of the second.
    public init?(iso8601 text: String) {
        let styles = [
            Date.ISO8601FormatStyle(includingFractionalSeconds: true), Date.ISO8601FormatStyle(),
        ]
        guard let date = styles.lazy.compactMap({ try? $0.parse(text) }).first else { return nil }
        self.init(seconds: date.timeIntervalSince1970)
    }
}
