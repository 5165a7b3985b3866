import Basics

extension Tracker {
    /// Returns the best detections that can be used, in order of falling scores. One object has one detection: networks give
    /// several labels to it at the same place.
    func usable(_ detections: [ObjectDetection]) -> [ObjectDetection] {
        let usable = detections.filter { detection in
            let box = detection.box
            let isFinite = [box.x, box.y, box.width, box.height, detection.score].allSatisfy { abs($0) <= 1000 }
            return isFinite && box.width > 1e-6 && box.height > 1e-6 && detection.score >= settings.lowScore
        }
        let order = usable.indices.sorted { (-usable[$0].score, $0) < (-usable[$1].score, $1) }
        var kept: [ObjectDetection] = []
        for index in order.prefix(max(0, settings.maximumDetections)) {
            let detection = usable[index]
            let isDuplicate = kept.contains {
                $0.label != detection.label
                    && $0.box.intersectionOverUnion(with: detection.box) >= settings.duplicateOverlap
            }
            if !isDuplicate { kept.append(detection) }
        }
        return kept
    }

    /// Associates detections with tracks: high scores first, then low scores with the tracks that are left.
    ///
    /// - Returns: whether each detection belongs to a track.
    mutating func associate(_ detections: [ObjectDetection], at time: SampleTime) -> [Bool] {
        var isAssociated = [Bool](repeating: false, count: detections.count)
        let high = detections.indices.filter { detections[$0].score >= settings.highScore }
        let low = detections.indices.filter { detections[$0].score < settings.highScore }
        let limits = [
            (1 - settings.minimumOverlap, settings.maximumAreaRatio),
            (1 - settings.lowScoreMinimumOverlap, settings.lowScoreMaximumAreaRatio),
        ]
        for (isHigh, (limit, areaRatio)) in zip([true, false], limits) {
            let pass = isHigh ? high : low.filter { !isPart(detections[$0], of: detections, high, isAssociated) }
            let open = states.indices.filter { !states[$0].track.isDetected }
            let boxes = open.map { grown(states[$0].filter.box) }
            let fallbacks = open.map { states[$0].fallback.map(grown) }
            let labels = open.map { states[$0].track.label }
            let others = pass.map { grown(detections[$0].box) }
            let columns = Assignment.solve(
                rows: open.count, columns: pass.count, limit: limit
            ) { row, column in
                // No arrays here: this runs for each pair.
                let hasSameLabel = labels[row] == detections[pass[column]].label
                let predicted = cost(boxes[row], others[column], hasSameLabel: hasSameLabel, areaRatio: areaRatio)
                guard let fallback = fallbacks[row] else { return predicted }
                return min(
                    predicted, cost(fallback, others[column], hasSameLabel: hasSameLabel, areaRatio: areaRatio))
            }
            for (row, column) in columns.enumerated() {
                guard let column else { continue }
                isAssociated[pass[column]] = true
                update(open[row], detections[pass[column]], at: time)
            }
        }
        return isAssociated
    }

    /// Whether a low score is another view of an object with a high score: detectors often see parts of an object, or its
    /// surroundings, as well.
    private func isPart(
        _ detection: ObjectDetection, of detections: [ObjectDetection], _ high: [Int], _ isAssociated: [Bool]
    ) -> Bool {
        high.contains { index in
            guard isAssociated[index], let common = detections[index].box.intersection(with: detection.box) else {
                return false
            }
            return common.area >= settings.partOverlap * min(detections[index].box.area, detection.box.area)
        }
    }

    /// Returns the box with the margin on each side.
    private func grown(_ box: BoundingBox) -> BoundingBox {
        let (horizontal, vertical) = (settings.margin * box.width, settings.margin * box.height)
        return BoundingBox(
            x: box.x - horizontal, y: box.y - vertical, width: box.width + 2 * horizontal,
            height: box.height + 2 * vertical)
    }

    /// Returns the cost of a detection for a track; infinite where the size would change impossibly.
    private func cost(
        _ track: BoundingBox, _ detection: BoundingBox, hasSameLabel: Bool, areaRatio: Double
    ) -> Double {
        let ratio = track.area / detection.area
        guard max(ratio, 1 / ratio) <= areaRatio else { return .infinity }
        return 1 - track.intersectionOverUnion(with: detection) + (hasSameLabel ? 0 : settings.labelCost)
    }

    /// Adds a detection to a track.
    private mutating func update(_ index: Int, _ detection: ObjectDetection, at time: SampleTime) {
        states[index].correct(detection.box)
        states[index].found(isHigh: detection.score >= settings.highScore)
        var track = states[index].track
        track.add(detection, at: time)
        let age = time.monotonic - track.firstSeen.monotonic
        if track.detections >= settings.confirmationDetections, age >= settings.confirmationTime {
            track.isConfirmed = true
        }
        states[index].track = track
    }
}
