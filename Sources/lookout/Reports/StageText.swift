import Events
import Watch

extension StageTimes {
    /// Share of each stage for people, as `decode 61 %, infer 30 %, scale 8 %`, the largest first; `nil` if nothing was measured.
    var text: String? {
        guard total > 0 else { return nil }
        let shares = Stage.allCases.map { (stage: $0, percent: Int((100 * self[$0] / total).rounded())) }
        return shares.filter { $0.percent > 0 }
            .sorted { ($1.percent, $0.stage.rawValue) < ($0.percent, $1.stage.rawValue) }
            .map { "\($0.stage) \($0.percent) %" }.joined(separator: ", ")
    }

    /// Seconds of each stage, summed over all threads.
    var json: JSONLine {
        var line = JSONLine()
        for stage in Stage.allCases { line.add("\(stage)", self[stage], decimals: 3) }
        return line
    }
}
