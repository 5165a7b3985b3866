/// Gives changes of sightings their names: makes events of them.
package struct EventComposer: Sendable {
    /// What events call the source.
    package let source: String
    /// The part of the frame.
    package let region: String
    /// The network's name.
    package let model: String
    /// What the network's classes are called.
    package let labels: [String]
    /// What is looked for, as in the ``Decision``.
    package let targets: [LabelTarget]

    package init(source: String, region: String, model: String, labels: [String], targets: [LabelTarget]) {
        self.source = source
        self.region = region
        self.model = model
        self.labels = labels
        self.targets = targets
    }

    /// The event that a change is.
    package func event(for change: EventDetector.Change) -> Event {
        switch change {
        case .started(let interval): event(.start, interval, at: interval.start)
        case .updated(let interval): event(.update, interval, at: interval.end)
        case .ended(let interval, let reason): event(.end(reason), interval, at: interval.end)
        }
    }

    private func event(_ kind: Event.Kind, _ interval: LabelInterval, at time: SampleTime) -> Event {
        let target = targets[interval.target]
        let label = labels[target.classes[interval.leadingClass]]
        let name = target.group ?? labels[target.classes[0]]
        return Event(
            kind: kind, id: id(of: interval, name),
            time: time.wallClock, media: time.media, source: source, region: region,
            label: label, group: target.group, interval: interval, model: model)
    }

    /// Recordings whose time begins anew, or classes with one name, make sightings that only their number and
    /// the place of their subject tell apart.
    private func id(of interval: LabelInterval, _ name: String) -> EventID {
        let start = interval.start.wallClock
        return EventID(
            time: start,
            parts: [source, region, model, name, "\(interval.target)", "\(interval.number)", "\(start.milliseconds)"])
    }
}
