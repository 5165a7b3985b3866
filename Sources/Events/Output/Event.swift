/// What Lookout has to tell: something was seen, or is not seen any more.
public struct Event: Equatable, Sendable {
    /// What happened.
    public enum Kind: Equatable, Sendable {
        case start
        /// It goes on.
        case update
        case end(EndReason)

        var name: String {
            switch self {
            case .start: "start"
            case .update: "update"
            case .end: "end"
            }
        }
    }

    /// What happened.
    public var kind: Kind
    /// The same from start to end.
    public var id: EventID
    /// When it was, by the calendar.
    public var time: Timestamp
    /// When it was, in seconds, by the time stamps of the source.
    public var media: Double
    /// The camera or the recording.
    public var source: String
    /// The part of the picture.
    public var region: String
    /// What was seen; of a group, the label that was seen most.
    public var label: String
    /// The group that it belongs to, if it does.
    public var group: String?
    /// The scores and samples so far.
    public var sighting: Sighting
    /// The network's name.
    public var model: String

    /// The version of the format of the lines.
    static let version = 1

    /// The event as a line of JSON.
    ///
    /// - Parameter sequence: its number in the log.
    public func line(sequence: Int) -> JSONLine {
        var line = JSONLine()
        line.add("v", Self.version)
        line.add("seq", sequence)
        line.add("time", time.description)
        line.add("type", kind.name)
        line.add("id", id.description)
        line.add("source", source)
        line.add("region", region)
        line.add("label", label)
        line.add("group", group)
        line.add("score", sighting.score, decimals: 4)
        line.add("media", media, decimals: 3)
        line.add("model", model)
        guard case .end(let reason) = kind else { return line }
        line.add("duration", sighting.duration, decimals: 3)
        line.add("peak", sighting.peak, decimals: 4)
        line.add("mean", sighting.mean, decimals: 4)
        line.add("samples", sighting.samples)
        line.add("reason", reason.rawValue)
        return line
    }
}
