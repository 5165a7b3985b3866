import Watch

/// What there is to measure, at a moment.
package struct MetricsSnapshot: Sendable {
    /// A source, and how it does.
    package struct Source: Sendable {
        package var name: String
        package var status: SourceStatus
        /// Decisions that wait to be made.
        package var queueDepth: Int

        package init(name: String, status: SourceStatus, queueDepth: Int = 0) {
            self.name = name
            self.status = status
            self.queueDepth = queueDepth
        }
    }

    /// Something that events are written to, since the service was started.
    package struct Sink: Equatable, Sendable {
        /// As `log`, `socket`, `samples`.
        package var name: String
        package var lines = 0
        package var bytes = 0
        /// Attempts to write that failed.
        package var errors = 0
        /// Lines that were given up, because they could not be written, or not fast enough.
        package var missed = 0
        /// Lines that wait to be written.
        package var queueDepth = 0
        /// Who reads it at the moment; `nil` if that is nothing that it could know.
        package var readers: Int?

        package init(name: String) { self.name = name }
    }

    /// The network.
    package struct Model: Equatable, Sendable {
        package var name: String
        /// Which instruction set its kernels are for.
        package var kernels: String
        package var classes: Int

        package init(name: String, kernels: String, classes: Int) {
            self.name = name
            self.kernels = kernels
            self.classes = classes
        }
    }

    package var sources: [Source]
    package var sinks: [Sink]
    package var workers: Int
    /// Frames that wait for a worker, or are on one.
    package var workerQueueDepth: Int
    package var model: Model?
    /// The program's version.
    package var version: String
    package var process: ProcessFigures

    package init(
        sources: [Source], sinks: [Sink], workers: Int, workerQueueDepth: Int, model: Model?, version: String,
        process: ProcessFigures
    ) {
        self.sources = sources
        self.sinks = sinks
        self.workers = workers
        self.workerQueueDepth = workerQueueDepth
        self.model = model
        self.version = version
        self.process = process
    }

    /// What a live analysis has to say of itself.
    package init(
        _ analysis: LiveAnalysis, sinks: [Sink], model: Model?, version: String, process: ProcessFigures = .current()
    ) {
        let health = analysis.health
        // By name: a source may have come or gone between the two looks.
        let depths = Dictionary(
            zip(health.supervisors.map(\.source), health.eventDetectors.map(\.depth)),
            uniquingKeysWith: { first, _ in first })
        self.init(
            sources: analysis.statuses.map {
                Source(name: $0.name, status: $0.status, queueDepth: depths[$0.name] ?? 0)
            },
            sinks: sinks, workers: health.workers.count,
            workerQueueDepth: health.waiting + health.workers.reduce(0) { $0 + $1.depth }, model: model,
            version: version,
            process: process)
    }
}
