import Watch

extension MetricsSnapshot {
    /// What ``text()`` is called over HTTP.
    package static var contentType: String { MetricsText.contentType }

    /// As Prometheus reads it.
    package func text() -> String {
        var text = MetricsText()
        addProgram(to: &text)
        addPictures(to: &text)
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
            text.add("lookout_model_info", .gauge, "The network that is loaded.", [(labels, 1)])
        }
        text.add(
            "lookout_start_time_seconds", .gauge, "When the program was started, since 1970.", process.startTime)
        text.add("lookout_resident_memory_bytes", .gauge, "Memory that is in use.", Double(process.residentBytes))
        text.add("lookout_cpu_seconds_total", .counter, "Processor time.", process.processorSeconds)
    }

    private func addPictures(to text: inout MetricsText) {
        add("lookout_source_up", .gauge, "Whether the source gives frames.", to: &text) { $0.isLive ? 1 : 0 }
        add("lookout_source_frozen", .gauge, "Whether the source's frames repeat bit for bit.", to: &text) {
            $0.frozenSince == nil ? 0 : 1
        }
        add("lookout_source_reconnects_total", .counter, "Connections after the first.", to: &text) {
            max(0, $0.connections - 1)
        }
        add("lookout_frames_total", .counter, "Frames that came.", to: &text) { $0.frames }
        add("lookout_frames_damaged_total", .counter, "Frames that were damaged, or lost on the way.", to: &text) {
            $0.corrupt
        }
        add("lookout_frames_sampled_total", .counter, "Frames that were to be looked at.", to: &text) { $0.samples }
        add("lookout_frames_still_total", .counter, "Frames in which nothing moved.", to: &text) { $0.still }
        add("lookout_samples_dropped_total", .counter, "Samples of regions that gave way to newer ones.", to: &text) {
            $0.replaced
        }
        add("lookout_samples_repeated_total", .counter, "Samples of regions that were the same as before.", to: &text) {
            $0.repeated
        }
        add("lookout_samples_blank_total", .counter, "Samples of regions that had one colour all over.", to: &text) {
            $0.blank
        }
        add("lookout_events_total", .counter, "Events that began.", to: &text) { $0.events }
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
        text.add("lookout_scale_seconds", "Bringing a region into the network's shape.", timings.map { ($0, $1.scale) })
        text.add("lookout_infer_seconds", "Running the network on a region.", timings.map { ($0, $1.infer) })
        text.add(
            "lookout_decision_seconds", "From a frame's arrival to the decision.", timings.map { ($0, $1.detection) })
    }

    private func addQueues(to text: inout MetricsText) {
        text.add("lookout_lanes", .gauge, "Frames that may be worked on at the same time.", Double(workers))
        text.add(
            "lookout_lane_queue_depth", .gauge, "Regions that wait for a lane, or are on one.", Double(workerQueueDepth)
        )
        text.add(
            "lookout_decision_queue_depth", .gauge, "Decisions that wait to be made.",
            sources.map { (["source": $0.name], Double($0.queueDepth)) })
    }

    private func addSinks(to text: inout MetricsText) {
        add("lookout_sink_lines_total", .counter, "Lines that were written.", to: &text) { $0.lines }
        add("lookout_sink_bytes_total", .counter, "Bytes that were written.", to: &text) { $0.bytes }
        add("lookout_sink_errors_total", .counter, "Attempts to write that failed.", to: &text) { $0.errors }
        add("lookout_sink_missed_lines_total", .counter, "Lines that were given up.", to: &text) { $0.missed }
        add("lookout_sink_queue_depth", .gauge, "Lines that wait to be written.", to: &text) { $0.queueDepth }
        add("lookout_sink_readers", .gauge, "Who reads it at the moment.", to: &text) { $0.readers }
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
