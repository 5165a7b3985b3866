/// Recognition of a checkpoint's network: the family by the names of its tensors, the width by their shapes.
struct CheckpointRecognition {
    /// Family and origin with the tensor names that they imply.
    struct Candidate: Sendable {
        let family: Architecture.Family
        let origin: CheckpointOrigin
        let names: CheckpointNames
        /// Names of all tensors that the network needs.
        let needed: Set<String>

        fileprivate init?(_ family: Architecture.Family, from origin: CheckpointOrigin) {
            guard let graph = try? Architecture(family).graph() else { return nil }
            let names = CheckpointNames(graph, of: family, from: origin)
            self.family = family
            self.origin = origin
            self.names = names
            needed = Set(graph.parameters.compactMap(names.source(of:)))
        }
    }

    /// All known candidates. ``CheckpointOrigin/timmTensorFlow`` is left out, because it has the names of timm.
    private static let candidates: [Candidate] = CheckpointOrigin.allCases
        .filter { $0 != .timmTensorFlow }
        .flatMap { origin in origin.families.compactMap { Candidate($0, from: origin) } }

    let candidate: Candidate
    let architecture: Architecture
    let classes: Int

    /// Finds the closest candidate. Its shapes may still differ from those of the tensors.
    ///
    /// - Parameters:
    ///   - tensors: shapes of the checkpoint's weights.
    ///   - expected: expected architecture; `nil` for any.
    /// - Returns: `nil` if no candidate has at least half of its tensors in the checkpoint.
    init?(_ tensors: [String: [Int]], as expected: Architecture?) {
        let shapes = tensors.mapValues(Self.withoutTrailingOnes)
        let fits = Self.likeliest(Set(shapes.keys), as: expected).map { candidate in
            Self.fit(candidate, shapes, as: expected)
        }
        guard let best = fits.max(by: { $0.matches < $1.matches }) else { return nil }
        candidate = best.candidate
        architecture = best.architecture
        classes = Self.classes(best.candidate, shapes)
    }

    /// Removes extents of 1 at the end of a shape: many checkpoints store a fully connected layer as a 1×1 convolution.
    static func withoutTrailingOnes(_ shape: [Int]) -> [Int] { Array(shape.reversed().drop { $0 == 1 }.reversed()) }

    // MARK: - The family

    /// Returns the candidates whose names differ least from those of the tensors; several if they have the same names.
    private static func likeliest(_ names: Set<String>, as expected: Architecture?) -> [Candidate] {
        let scored = candidates.filter { expected == nil || $0.family == expected?.family }.map { candidate in
            let found = candidate.needed.intersection(names).count
            return (candidate: candidate, found: found, wrong: candidate.needed.count + names.count - 2 * found)
        }.filter { 2 * $0.found >= $0.candidate.needed.count }
        let least = scored.map(\.wrong).min()
        return scored.filter { $0.wrong == least }.map(\.candidate)
    }

    // MARK: - The width

    private typealias Fit = (candidate: Candidate, architecture: Architecture, matches: Int)

    /// Returns the architecture of a family with the most tensors of the right shape. Of several that match equally
    /// well, the one with the roundest width wins.
    private static func fit(_ candidate: Candidate, _ shapes: [String: [Int]], as expected: Architecture?) -> Fit {
        let classes = classes(candidate, shapes)
        var best: Fit = (candidate, expected ?? Architecture(candidate.family), -1)
        for width in expected.map({ [$0.width] }) ?? widths(candidate, shapes) {
            for scaling in width == 1 ? [.papers] : candidate.family.scalings {
                let architecture = Architecture(candidate.family, width: width, scaling: scaling)
                let (matches, needed) = matches(architecture, candidate, shapes, classes: classes)
                if matches > best.matches { best = (candidate, architecture, matches) }
                if matches == needed { return best }
            }
        }
        return best
    }

    private static func matches(
        _ architecture: Architecture, _ candidate: Candidate, _ shapes: [String: [Int]], classes: Int
    ) -> (matches: Int, needed: Int) {
        guard let parameters = try? architecture.graph(classes: classes).parameters else { return (0, -1) }
        let matches = parameters.count { parameter in
            candidate.names.source(of: parameter).flatMap { shapes[$0] } == withoutTrailingOnes(parameter.shape)
        }
        return (matches, parameters.count)
    }

    /// Returns possible width multipliers, the roundest first: those that give the widest blocks their number of output
    /// channels.
    private static func widths(_ candidate: Candidate, _ shapes: [String: [Int]]) -> [Double] {
        let possible = candidate.family.widths
        guard possible.lowerBound < possible.upperBound, let graph = try? Architecture(candidate.family).graph() else {
            return [1]
        }
        let last = graph.nodes.filter { $0.name.hasSuffix(".project") || $0.name.hasSuffix(".pointwise") }.suffix(3)
        var widths: [Double] = []
        for step in [4.0, 20, 100, 1000] {  // quarters, twentieths, hundredths, thousandths
            for node in last {
                guard let weight = node.parameters.first, let source = candidate.names.source(of: weight),
                    let channels = shapes[source]?.first, (1...100_000).contains(channels)
                else { continue }
                let table = Double(node.shape.channels)
                // Rounding to a multiple of 8 subtracts less than 4 or adds less than 8.
                let lowest = Int((Double(channels - 8) / table * step).rounded(.up))
                let highest = Int((Double(channels + 4) / table * step).rounded(.down))
                for part in lowest...max(lowest, min(highest, lowest + 200)) { widths.append(Double(part) / step) }
            }
        }
        var seen: Set<Double> = []
        return ([1] + widths).filter { possible.contains($0) && seen.insert($0).inserted }
    }

    private static func classes(_ candidate: Candidate, _ shapes: [String: [Int]]) -> Int {
        let name = (candidate.names.sources["classifier"] ?? "") + ".bias"
        return max(shapes[name]?.first ?? 1, 1)
    }
}
