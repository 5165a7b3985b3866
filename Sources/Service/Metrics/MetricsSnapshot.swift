import Events
import Watch

/// Metrics of the service at a moment.
package struct MetricsSnapshot: Sendable {
    /// A source with its status.
    package struct Source: Sendable {
        package var name: String
        package var status: SourceStatus
        /// Samples that wait for event detection.
        package var queueDepth: Int

        package init(name: String, status: SourceStatus, queueDepth: Int = 0) {
            self.name = name
            self.status = status
            self.queueDepth = queueDepth
        }
    }

    /// Counts of a sink since the service started.
    package struct Sink: Equatable, Sendable {
        /// Such as `log`, `socket`, `samples`.
        package var name: String
        package var counts: SinkCounts
        /// Lines that wait to be written.
        package var queueDepth: Int

        package init(name: String, counts: SinkCounts = SinkCounts(), queueDepth: Int = 0) {
            (self.name, self.counts, self.queueDepth) = (name, counts, queueDepth)
        }
    }

    /// The loaded model.
    package struct Model: Equatable, Sendable {
        package var name: String
        /// Instruction set of the kernels.
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
    /// Frames that wait for a worker, or are being classified.
    package var workerQueueDepth: Int
    package var model: Model?
    /// Counts of objects.
    package var objects: ObjectCounts
    /// Counts of the images of objects; `nil` if none are written.
    package var snapshots: SnapshotWriter.Counts?
    /// Version of the program.
    package var version: String
    package var process: ProcessFigures

    package init(
        sources: [Source], sinks: [Sink], workers: Int, workerQueueDepth: Int, model: Model?,
        objects: ObjectCounts = ObjectCounts(), snapshots: SnapshotWriter.Counts? = nil, version: String,
        process: ProcessFigures
    ) {
        self.sources = sources
        self.sinks = sinks
        self.workers = workers
        self.workerQueueDepth = workerQueueDepth
        self.model = model
        self.objects = objects
        self.snapshots = snapshots
        self.version = version
        self.process = process
    }

    /// Makes a snapshot of a live analysis.
    package init(
        _ analysis: LiveAnalysis, sinks: [Sink], model: Model?, objects: ObjectCounts,
        snapshots: SnapshotWriter.Counts? = nil, version: String, process: ProcessFigures = .current()
    ) {
        let health = analysis.health
        // By name: a source may have been added or removed between the two calls.
        let depths = Dictionary(
            zip(health.supervisors.map(\.source), health.eventDetectors.map(\.depth)),
            uniquingKeysWith: { first, _ in first })
        self.init(
            sources: analysis.statuses.map {
                Source(name: $0.name, status: $0.status, queueDepth: depths[$0.name] ?? 0)
            },
            sinks: sinks, workers: health.workers.count,
            workerQueueDepth: health.waiting + health.workers.reduce(0) { $0 + $1.depth }, model: model,
            objects: objects, snapshots: snapshots, version: version, process: process)
    }
}

// MARK: - Text

extension MetricsSnapshot {
    /// Content type of ``text()``.
    package static var contentType: String { MetricsText.contentType }

    /// Returns the metrics in the text format of Prometheus.
    package func text() -> String {
        var text = MetricsText()
        addProgram(to: &text)
        addSources(to: &text)
        addObjects(to: &text)
        addSnapshots(to: &text)
        addTimings(to: &text)
        addQueues(to: &text)
        addSinks(to: &text)
        return text.text
    }

    private func addProgram(to text: inout MetricsText) {
        text.add("lookout_build_info", .gauge, "The program.", [(["version": version], 1)])
        if let model {
            let labels: MetricsText.Labels = [
                "model": model.name, "kernels": model.kernels, "classes": "\(model.classes)",
            ]
            text.add("lookout_model_info", .gauge, "The loaded model.", [(labels, 1)])
        }
        text.add(
            "lookout_start_time_seconds", .gauge, "Start time of the program, in seconds since 1970.", process.startTime
        )
        text.add("lookout_resident_memory_bytes", .gauge, "Resident memory.", Double(process.residentBytes))
        text.add("lookout_cpu_seconds_total", .counter, "Processor time.", process.processorSeconds)
    }

    private func addSources(to text: inout MetricsText) {
        add("lookout_source_up", .gauge, "Whether the source gives frames.", to: &text) { $0.isLive ? 1 : 0 }
        add("lookout_source_frozen", .gauge, "Whether the source's frames repeat bit for bit.", to: &text) {
            $0.frozenSince == nil ? 0 : 1
        }
        add("lookout_source_reconnects_total", .counter, "Connections after the first.", to: &text) {
            max(0, $0.connections - 1)
        }
        add("lookout_frames_total", .counter, "Frames received.", to: &text) { $0.frames }
        add("lookout_frames_damaged_total", .counter, "Frames corrupt or lost.", to: &text) {
            $0.corrupt
        }
        add("lookout_frames_sampled_total", .counter, "Frames sampled.", to: &text) { $0.samples }
        add("lookout_frames_still_total", .counter, "Frames skipped because nothing moved.", to: &text) { $0.still }
        add("lookout_samples_dropped_total", .counter, "Samples of regions replaced by newer ones.", to: &text) {
            $0.replaced
        }
        add("lookout_samples_repeated_total", .counter, "Samples of regions that repeated the previous one.", to: &text)
        {
            $0.repeated
        }
        add("lookout_samples_blank_total", .counter, "Samples of regions of a single colour.", to: &text) {
            $0.blank
        }
        add("lookout_events_total", .counter, "Events started.", to: &text) { $0.events }
    }

    /// Adds the counts of the sources that are watched.
    private func addObjects(to text: inout MetricsText) {
        let names = Set(sources.map(\.name))
        text.add(
            "lookout_objects", .gauge, "Objects in the frame, or in a zone of it.",
            objects.occupancy.filter { names.contains($0.source) }.map { place in
                (["source": place.source, "zone": place.zone ?? "", "label": place.label], Double(place.count))
            })
        text.add(
            "lookout_line_crossings_total", .counter, "Crossings of a line in a direction.",
            objects.crossings.filter { names.contains($0.source) }.map { crossing in
                (
                    [
                        "source": crossing.source, "line": crossing.line, "direction": crossing.direction,
                        "label": crossing.label,
                    ], Double(crossing.count)
                )
            })
    }

    private func addSnapshots(to text: inout MetricsText) {
        guard let snapshots else { return }
        text.add("lookout_snapshots_total", .counter, "Images of objects written.", Double(snapshots.written))
        text.add(
            "lookout_snapshots_lost_total", .counter, "Images of objects that could not be written.",
            Double(snapshots.lost))
        text.add(
            "lookout_snapshots_removed_total", .counter, "Objects whose images the retention policy removed.",
            Double(snapshots.removed))
    }

    private func add(
        _ name: String, _ kind: MetricsText.Kind, _ help: String, to text: inout MetricsText,
        _ value: (SourceStatus) -> Int
    ) {
        text.add(name, kind, help, sources.map { (["source": $0.name], Double(value($0.status))) })
    }

    private func addTimings(to text: inout MetricsText) {
        let timings = sources.map { ($0.name, $0.status.timings) }
        text.add("lookout_decode_seconds", "Decoding a frame.", timings.map { ($0, $1.decode) })
        text.add("lookout_scale_seconds", "Scaling a region to the model's input.", timings.map { ($0, $1.scale) })
        text.add("lookout_infer_seconds", "Inference of a region.", timings.map { ($0, $1.infer) })
        text.add(
            "lookout_decision_seconds", "From the arrival of a frame to event detection.",
            timings.map { ($0, $1.detection) })
    }

    private func addQueues(to text: inout MetricsText) {
        text.add("lookout_lanes", .gauge, "Inference workers.", Double(workers))
        text.add(
            "lookout_lane_queue_depth", .gauge, "Regions waiting for a worker or being classified.",
            Double(workerQueueDepth)
        )
        text.add(
            "lookout_decision_queue_depth", .gauge, "Samples waiting for event detection.",
            sources.map { (["source": $0.name], Double($0.queueDepth)) })
    }

    private func addSinks(to text: inout MetricsText) {
        add("lookout_sink_lines_total", .counter, "Lines written.", to: &text) { $0.counts.records }
        add("lookout_sink_bytes_total", .counter, "Bytes written.", to: &text) { $0.counts.bytes }
        add("lookout_sink_errors_total", .counter, "Failed attempts to write.", to: &text) { $0.counts.errors }
        add("lookout_sink_missed_lines_total", .counter, "Lines dropped.", to: &text) { $0.counts.missed }
        add("lookout_sink_queue_depth", .gauge, "Lines waiting to be written.", to: &text) { $0.queueDepth }
        add("lookout_sink_readers", .gauge, "Connected readers.", to: &text) { $0.counts.readers }
    }

    private func add(
        _ name: String, _ kind: MetricsText.Kind, _ help: String, to text: inout MetricsText, _ value: (Sink) -> Int?
    ) {
        let values = sinks.compactMap { sink in value(sink).map { (sink.name, $0) } }
        text.add(name, kind, help, values.map { (["sink": $0], Double($1)) })
    }
}

extension SourceStatus {
    fileprivate var isLive: Bool { state == .live }
}
