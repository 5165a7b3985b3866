/// What live sources that are watched together have in common.
package struct LiveSettings: Sendable {
    /// How many frames are worked on at the same time, of all sources together.
    package var workers: Int
    /// What the network's classes are called.
    package var labels: [String]
    /// The network's name.
    package var model: String
    /// Whether it is over when every source is: a service waits for sources that are added later.
    package var endsWithSources: Bool

    package init(workers: Int, labels: [String], model: String, endsWithSources: Bool = true) {
        self.workers = workers
        self.labels = labels
        self.model = model
        self.endsWithSources = endsWithSources
    }
}
