/// Gives changes of sightings their names and times: makes events of them.
public struct EventComposer: Sendable {
    public let source: String
    public let region: String
    public let model: String
    public let labels: [String]
    public let subjects: [Subject]
    /// The calendar time at which the source's time stamps are 0.
    public var epoch: Timestamp

    public init(
        source: String, region: String, model: String, labels: [String], subjects: [Subject], epoch: Timestamp
    ) {
        self.source = source
        self.region = region
        self.model = model
        self.labels = labels
        self.subjects = subjects
        self.epoch = epoch
    }

    /// The calendar time of a time stamp.
    public func time(of media: Double) -> Timestamp { epoch.advanced(by: media) }

    public func event(for change: Decision.Change) -> Event {
        switch change {
        case .started(let sighting): event(.start, sighting, at: sighting.start)
        case .updated(let sighting): event(.update, sighting, at: sighting.end)
        case .ended(let sighting, let reason): event(.end(reason), sighting, at: sighting.end)
        }
    }

    private func event(_ kind: Event.Kind, _ sighting: Sighting, at media: Double) -> Event {
        let subject = subjects[sighting.subject]
        let label = labels[subject.classes[sighting.leadingClass]]
        let name = subject.group ?? labels[subject.classes[0]]
        return Event(
            kind: kind, id: EventID(time: time(of: sighting.start), parts: [source, region, model, name]),
            time: time(of: media), media: media, source: source, region: region,
            label: label, group: subject.group, sighting: sighting, model: model)
    }
}
