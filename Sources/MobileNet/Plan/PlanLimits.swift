import Basics

/// The most that a plan may ask for. A small file can describe a network that takes all memory, or minutes for a frame.
///
/// The defaults are several times what the largest network of the family takes at 1024 × 1024 pixels.
public struct PlanLimits: Equatable, Sendable {
    /// Bytes of memory for each session, that is for each worker: 1 GiB.
    public var workspaceBytes = 1 << 30
    /// Bytes of packed weights and tables, which all sessions share, and of what making them takes: 1 GiB.
    public var constantBytes = 1 << 30
    /// Steps for one input: about as many as multiply-adds of float32. 200 billion take some seconds on a core with AVX2.
    public var work = 200_000_000_000
    /// Layers of the graph.
    public var layers = 2000

    /// The defaults.
    public static let standard = PlanLimits()

    public init() {}

    /// The environment variable that changes the limits: `workspace=4GiB,constants=2GiB,work=500G,layers=4000`, or
    /// some of these.
    public static let environmentVariable = "LOOKOUT_PLAN_LIMITS"

    /// Reads the value of ``environmentVariable``; the defaults where it says nothing.
    ///
    /// - Throws: ``PlanLimitsError`` for anything else.
    public init(_ text: String?) throws(PlanLimitsError) {
        for item in (text ?? "").split(separator: ",") {
            let parts = item.split(separator: "=", maxSplits: 1).map { $0.drop { $0 == " " } }
            guard parts.count == 2, let place = Self.places[String(parts[0])],
                let value = Self.number(String(parts[1]), isBytes: place != \.work && place != \.layers), value > 0
            else { throw PlanLimitsError(text: String(item)) }
            self[keyPath: place] = min(value, Self.largest)
        }
    }

    /// No limit is larger, so that sums of what they let pass cannot overflow.
    private static let largest = 1 << 44

    private static let places: [String: WritableKeyPath<PlanLimits, Int> & Sendable] = [
        "workspace": \.workspaceBytes, "constants": \.constantBytes, "work": \.work, "layers": \.layers,
    ]

    private static func number(_ text: String, isBytes: Bool) -> Int? {
        if isBytes { return Bytes(text)?.count }
        let factors: [Character: Double] = ["k": 1e3, "M": 1e6, "G": 1e9, "T": 1e12]
        guard let last = text.last, let factor = factors[last] else { return Int(text) }
        return Double(text.dropLast()).flatMap { Int(exactly: ($0 * factor).rounded()) }
    }
}

/// A value of ``PlanLimits/environmentVariable`` that says nothing.
public struct PlanLimitsError: Error, Equatable, CustomStringConvertible {
    /// The part of it that is wrong.
    public let text: String

    public var description: String {
        "\(PlanLimits.environmentVariable): \"\(shortened(text))\" is no limit; it is a list such as "
            + "workspace=4GiB,constants=2GiB,work=500G,layers=4000"
    }
}

/// A network that asks for more than ``PlanLimits`` let it have.
public struct PlanLimitError: Error, Equatable, CustomStringConvertible {
    /// As in ``PlanLimits/environmentVariable``.
    public let limit: String
    /// What it asks for, and what it may have, in words.
    public let asked: String
    public let allowed: String

    public var description: String {
        "it asks for \(asked); at most \(allowed) are allowed (\(PlanLimits.environmentVariable)=\(limit)=… changes that)"
    }
}

extension PlanLimits {
    /// - Throws: ``PlanLimitError`` for the first limit that a network exceeds.
    func check(_ estimate: PlanEstimate) throws(PlanLimitError) {
        if estimate.layers > layers {
            throw PlanLimitError(limit: "layers", asked: "\(estimate.layers) layers", allowed: "\(layers)")
        }
        if estimate.constantBytes > Double(constantBytes) {
            throw PlanLimitError(
                limit: "constants", asked: "\(Self.bytes(estimate.constantBytes)) of packed weights and tables",
                allowed: "\(Bytes(constantBytes))")
        }
        if estimate.largestBuffer > Double(workspaceBytes) { throw workspaceError(estimate.largestBuffer) }
        if estimate.work > Double(work) {
            throw PlanLimitError(
                limit: "work", asked: "\(Self.steps(estimate.work)) multiply-adds for a frame",
                allowed: Self.steps(Double(work)))
        }
    }

    /// - Parameter bytes: of a session.
    /// - Throws: ``PlanLimitError``.
    func check(sessionBytes bytes: Int) throws(PlanLimitError) {
        if bytes > workspaceBytes { throw workspaceError(Double(bytes)) }
    }

    private func workspaceError(_ bytes: Double) -> PlanLimitError {
        PlanLimitError(
            limit: "workspace", asked: "\(Self.bytes(bytes)) of workspace for each worker",
            allowed: "\(Bytes(workspaceBytes))")
    }

    private static func bytes(_ count: Double) -> String { "\(Bytes(Int(min(count, 0x1p60))))" }

    private static func steps(_ count: Double) -> String {
        let (unit, name) = count < 1e9 ? (1e6, "million") : (1e9, "billion")
        let tenths = (min(count, 0x1p80) / unit * 10).rounded() / 10
        return tenths >= 100 || tenths == tenths.rounded()
            ? "\(Int(min(tenths, 1e18).rounded())) \(name)" : "\(tenths) \(name)"
    }
}
