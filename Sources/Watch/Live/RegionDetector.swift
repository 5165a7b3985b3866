import Events

/// Makes events of the samples of one region of a live source.
///
/// A value without a clock: time comes with the samples, in their order.
struct RegionDetector: Sendable {
    let composer: EventComposer
    private var decision: Decision

    init(_ composer: EventComposer) {
        self.composer = composer
        decision = Decision(subjects: composer.subjects)
    }

    /// Takes the result of a sample.
    ///
    /// - Parameter time: when the frame was taken.
    /// - Returns: what has changed, ends first; `nil` if the sample says nothing, because a newer one took its place.
    mutating func take(_ outcome: LiveDecider.Outcome, at time: Moment) -> [Decision.Change]? {
        switch outcome {
        case .scores(let scores): decision.observe(scores: scores, at: time)
        case .blank: decision.observe(scores: Array(repeating: 0, count: composer.labels.count), at: time)
        case .repeated: decision.hold(at: time)
        case .replaced: nil
        }
    }

    /// Ends all open events. Nothing is known of the region then, until the next sample.
    mutating func finish(_ reason: EndReason) -> [Decision.Change] { decision.finish(reason) }

    /// The open events.
    var present: [Sighting] { decision.present }

    /// Whether the next frame should be a sample even if nothing moves in it: see ``Decision/wantsSample``.
    var wantsSample: Bool { decision.wantsSample }
}
