import Events

/// Makes events of the samples of one region of a live source.
///
/// A value without a clock: time comes with the samples, in their order.
struct RegionDetector: Sendable {
    let composer: EventComposer
    private var eventDetector: EventDetector

    init(_ composer: EventComposer) {
        self.composer = composer
        eventDetector = EventDetector(targets: composer.targets)
    }

    /// Takes the result of a sample.
    ///
    /// - Parameter time: when the frame was taken.
    /// - Returns: what has changed, ends first; `nil` if the sample says nothing, because a newer one took its place.
    mutating func take(_ outcome: LiveEventDetector.Outcome, at time: SampleTime) -> [EventDetector.Change]? {
        switch outcome {
        case .scores(let scores): eventDetector.observe(scores: scores, at: time)
        case .blank: eventDetector.observe(scores: Array(repeating: 0, count: composer.labels.count), at: time)
        case .repeated: eventDetector.hold(at: time)
        case .replaced: nil
        }
    }

    /// Ends all open events. Nothing is known of the region then, until the next sample.
    mutating func finish(_ reason: EndReason) -> [EventDetector.Change] { eventDetector.finish(reason) }

    /// The open events.
    var present: [LabelInterval] { eventDetector.present }

    /// Whether the next frame should be a sample even if nothing moves in it: see ``Decision/wantsSample``.
    var wantsSample: Bool { eventDetector.wantsSample }
}
