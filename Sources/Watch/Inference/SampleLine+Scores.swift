import Events
import MobileNet

extension SampleLine {
    /// Makes a sample line of the highest scores.
    ///
    /// - Parameter scores: one for each class of the network.
    init(scores: [Float], time: SampleTime, composer: EventComposer) {
        self.init(
            time: time.wallClock, media: time.media, source: composer.source, region: composer.region,
            model: composer.model,
            scores: highest(SampleLine.scoreCount, of: scores).map { entry in
                (composer.labels[entry.place], Double(entry.score))
            })
    }
}
