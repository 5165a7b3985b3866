import Basics
import Capture
import Events

/// Makes the events of a recording again from its stored samples, without decoding it: with the same rules, the same events.
package struct RecordingReplay: Sendable {
    /// Facts about the recording.
    package let header: SampleLog.Header
    /// Path of the ``SampleLog``.
    private let path: String

    /// Opens the samples of a recording.
    ///
    /// - Throws: ``FileError``.
    package init(_ path: String) throws(FileError) {
        self.path = path
        header = try SampleLogReader(path).header
    }

    /// Output of a replay.
    package enum Output {
        /// A sample was read. Its events follow.
        case sample(SampleRecord, SampleTime)
        /// The time stamps have jumped.
        case step(SourceEvent)
        /// An event by the rules with that index.
        case event(AnalysisEvent, rules: Int)
        /// Open events after the sample, as `update` events.
        case open([AnalysisEvent], rules: Int)
    }

    /// Replays all samples of a part, by several rules at once.
    ///
    /// - Parameters:
    ///   - rules: rules of events, for the model of the samples.
    ///   - labels: labels of that model (see ``ModelTraits``).
    ///   - part: in seconds from the first frame.
    ///   - showsOpen: whether to report the open events after each sample.
    ///   - take: receives samples and events in their order.
    /// - Throws: ``FileError``.
    package func run(
        _ rules: [RegionRules], labels: [String], part: RecordingPart = .all, showsOpen: Bool = false,
        _ take: (Output) -> Void
    ) throws(FileError) {
        let reader = try SampleLogReader(path)
        let names = RegionNames(source: header.source, region: Region.full.name, model: header.model, labels: labels)
        var detectors = rules.map { $0.detector(names) }
        let composer = SourceEventComposer(source: header.source)
        let epoch = Timestamp(milliseconds: header.epoch)
        while let record = try reader.next() {
            let position = record.media - header.start
            guard part.begins(by: position) else { continue }
            if part.ends(by: position) { break }
            let time = SampleTime(media: record.media, epoch: epoch)
            take(.sample(record, time))
            for step in record.steps {
                take(.step(composer.clockStep(seconds: step, cause: .source, at: time.wallClock)))
            }
            let observation = Observation(record.output)
            for index in detectors.indices {
                for event in detectors[index].observe(observation, at: time) { take(.event(event, rules: index)) }
                if showsOpen { take(.open(detectors[index].present, rules: index)) }
            }
        }
        for index in detectors.indices {
            for event in detectors[index].finish(reader.end ?? .sourceEnded) { take(.event(event, rules: index)) }
        }
    }

    /// Replays all samples of a part into sinks.
    ///
    /// - Parameters: as for ``run(_:labels:part:_:)``.
    /// - Returns: number of events that started.
    /// - Throws: ``FileError``.
    @discardableResult
    package func run(
        _ rules: RegionRules, labels: [String], part: RecordingPart = .all, into sinks: RecordingSinks
    ) throws(FileError) -> Int {
        var events = 0
        try run([rules], labels: labels, part: part) { output in
            switch output {
            case .sample, .open: break
            case .step(let event): sinks.add(event)
            case .event(let event, _):
                if event.isStart { events += 1 }
                sinks.add(event, start: header.start)
            }
        }
        return events
    }
}

extension ModelTraits {
    /// Traits of the model that made some samples.
    ///
    /// - Throws: ``LabelTargetError``.
    package init(_ header: SampleLog.Header, groups: [String: [String]] = [:]) throws(LabelTargetError) {
        var labels = header.labels
        var classification: ClassificationRules?
        if let classes = header.classes {
            let own = Array(header.labels.prefix(header.ownLabels))
            (labels, classification) = try LabelCorrections.usual.rules(detector: own, classifier: classes)
        }
        self.init(
            task: header.detectsObjects ? .detection : .classification, labels: labels, groups: groups,
            input: PixelSize(width: 0, height: 0), classification: classification)
    }
}
