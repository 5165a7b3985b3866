/// What live sources that are watched together have in common.
public struct LiveSettings: Sendable {
    /// How many pictures are worked on at the same time, of all sources together.
    public var lanes: Int
    /// What the network's classes are called.
    public var labels: [String]
    /// The network's name.
    public var model: String
    /// Whether it is over when every source is: a service waits for sources that are added later.
    public var endsWithSources: Bool

    public init(lanes: Int, labels: [String], model: String, endsWithSources: Bool = true) {
        self.lanes = lanes
        self.labels = labels
        self.model = model
        self.endsWithSources = endsWithSources
    }
}
