/// Gives changes of sightings their names: makes events of them.
public struct EventComposer: Sendable {
    /// What events call the source.
    public let source: String
    /// The part of the picture.
    public let region: String
    /// The network's name.
    public let model: String
    /// What the network's classes are called.
    public let labels: [String]
    /// What is looked for, as in the ``Decision``.
    public let subjects: [Subject]

    public init(source: String, region: String, model: String, labels: [String], subjects: [Subject]) {
        self.source = source
        self.region = region
        self.model = model
        self.labels = labels
        self.subjects = subjects
    }

    /// The event that a change is.
    public func event(for change: Decision.Change) -> Event {
        switch change {
        case .started(let sighting): event(.start, sighting, at: sighting.start)
        case .updated(let sighting): event(.update, sighting, at: sighting.end)
        case .ended(let sighting, let reason): event(.end(reason), sighting, at: sighting.end)
        }
    }

    private func event(_ kind: Event.Kind, _ sighting: Sighting, at time: Moment) -> Event {
        let subject = subjects[sighting.subject]
        let label = labels[subject.classes[sighting.leadingClass]]
        let name = subject.group ?? labels[subject.classes[0]]
        return Event(
            kind: kind, id: id(of: sighting, name),
            time: time.calendar, media: time.media, source: source, region: region,
            label: label, group: subject.group, sighting: sighting, model: model)
    }

    /// Recordings whose time begins anew, or classes with one name, make sightings that only their number and
    /// the place of their subject tell apart.
    private func id(of sighting: Sighting, _ name: String) -> EventID {
        let start = sighting.start.calendar
        return EventID(
            time: start,
            parts: [source, region, model, name, "\(sighting.subject)", "\(sighting.number)", "\(start.milliseconds)"])
    }
}
