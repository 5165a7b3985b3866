import Watch

/// What there is to measure, at a moment.
public struct MetricsSnapshot: Sendable {
    /// A source, and how it does.
    public struct Source: Sendable {
        public var name: String
        public var status: SourceStatus
        /// Decisions that wait to be made.
        public var queueDepth: Int

        public init(name: String, status: SourceStatus, queueDepth: Int = 0) {
            self.name = name
            self.status = status
            self.queueDepth = queueDepth
        }
    }

    /// Something that events are written to, since the service was started.
    public struct Sink: Equatable, Sendable {
        /// As `log`, `socket`, `samples`.
        public var name: String
        public var lines = 0
        public var bytes = 0
        /// Attempts to write that failed.
        public var errors = 0
        /// Lines that were given up, because they could not be written, or not fast enough.
        public var missed = 0
        /// Lines that wait to be written.
        public var queueDepth = 0
        /// Who reads it at the moment; `nil` if that is nothing that it could know.
        public var readers: Int?

        public init(name: String) { self.name = name }
    }

    /// The network.
    public struct Model: Equatable, Sendable {
        public var name: String
        /// Which instruction set its kernels are for.
        public var kernels: String
        public var classes: Int

        public init(name: String, kernels: String, classes: Int) {
            self.name = name
            self.kernels = kernels
            self.classes = classes
        }
    }

    public var sources: [Source]
    public var sinks: [Sink]
    public var lanes: Int
    /// Pictures that wait for a lane, or are on one.
    public var laneQueueDepth: Int
    public var model: Model?
    /// The program's version.
    public var version: String
    public var process: ProcessFigures

    public init(
        sources: [Source], sinks: [Sink], lanes: Int, laneQueueDepth: Int, model: Model?, version: String,
        process: ProcessFigures
    ) {
        self.sources = sources
        self.sinks = sinks
        self.lanes = lanes
        self.laneQueueDepth = laneQueueDepth
        self.model = model
        self.version = version
        self.process = process
    }

    /// What a live analysis has to say of itself.
    public init(
        _ analysis: LiveAnalysis, sinks: [Sink], model: Model?, version: String, process: ProcessFigures = .current()
    ) {
        let vitals = analysis.vitals
        // By name: a source may have come or gone between the two looks.
        let depths = Dictionary(
            zip(vitals.supervisors.map(\.source), vitals.deciders.map(\.depth)), uniquingKeysWith: { first, _ in first })
        self.init(
            sources: analysis.statuses.map { Source(name: $0.name, status: $0.status, queueDepth: depths[$0.name] ?? 0) },
            sinks: sinks, lanes: vitals.lanes.count,
            laneQueueDepth: vitals.waiting + vitals.lanes.reduce(0) { $0 + $1.depth }, model: model, version: version,
            process: process)
    }
}
