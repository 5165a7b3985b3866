import Basics

/// Limits for the memory and work of a plan. A small file can describe a network that needs all memory, or minutes for a
/// frame.
///
/// The defaults are several times the needs of the largest network of the family at 1024 × 1024 pixels.
public struct PlanLimits: Equatable, Sendable {
    /// Bytes of memory for each session, that is, for each worker. Default: 1 GiB.
    public var workspaceBytes = 1 << 30
    /// Bytes of packed weights and tables, which all sessions share, and of temporary memory for making them. Default:
    /// 1 GiB.
    public var constantBytes = 1 << 30
    /// Work for one image, in float32 multiply-adds. The default of 200 billion takes some seconds on a core with AVX2.
    public var work = 200_000_000_000
    /// Number of layers of the graph. Default: 2000.
    public var layers = 2000

    /// The defaults.
    public static let standard = PlanLimits()

    /// Creates the default limits.
    public init() {}

    /// Environment variable that changes the limits: `workspace=4GiB,constants=2GiB,work=500G,layers=4000`, or some of
    /// these.
    public static let environmentVariable = "LOOKOUT_PLAN_LIMITS"

    /// Parses the value of ``environmentVariable``. Limits that it does not name keep their defaults.
    ///
    /// - Throws: ``PlanLimitsError`` if the value is malformed.
    public init(_ text: String?) throws(PlanLimitsError) {
        for item in (text ?? "").split(separator: ",") {
            let parts = item.split(separator: "=", maxSplits: 1).map { $0.drop { $0 == " " } }
            guard parts.count == 2, let limit = Self.limits[String(parts[0])],
                let value = Self.number(String(parts[1]), isBytes: limit != \.work && limit != \.layers), value > 0
            else { throw PlanLimitsError(text: String(item)) }
            self[keyPath: limit] = min(value, Self.largest)
        }
    }

    /// Maximum of a limit, so that sums of allowed values cannot overflow.
    private static let largest = 1 << 44

    private static let limits: [String: WritableKeyPath<PlanLimits, Int> & Sendable] = [
        "workspace": \.workspaceBytes, "constants": \.constantBytes, "work": \.work, "layers": \.layers,
    ]

    private static func number(_ text: String, isBytes: Bool) -> Int? {
        if isBytes { return Bytes(text)?.count }
        let factors: [Character: Double] = ["k": 1e3, "M": 1e6, "G": 1e9, "T": 1e12]
        guard let last = text.last, let factor = factors[last] else { return Int(text) }
        return Double(text.dropLast()).flatMap { Int(exactly: ($0 * factor).rounded()) }
    }
}

/// Error for a malformed value of ``PlanLimits/environmentVariable``.
public struct PlanLimitsError: Error, Equatable, CustomStringConvertible {
    /// Malformed item of the value.
    public let text: String

    /// Message with the item and an example.
    public var description: String {
        "\(PlanLimits.environmentVariable): \"\(shortened(text))\" is no limit; it is a list such as "
            + "workspace=4GiB,constants=2GiB,work=500G,layers=4000"
    }
}

/// Error for a network that exceeds ``PlanLimits``.
public struct PlanLimitError: Error, Equatable, CustomStringConvertible {
    /// Name of the limit in ``PlanLimits/environmentVariable``.
    public let limit: String
    /// Requested amount with its unit.
    public let asked: String
    /// Limit with its unit.
    public let allowed: String

    /// Message with both amounts and the setting that changes the limit.
    public var description: String {
        "it asks for \(asked); at most \(allowed) are allowed (\(PlanLimits.environmentVariable)=\(limit)=… changes that)"
    }
}

extension PlanLimits {
    /// Checks the estimate of a network.
    ///
    /// - Throws: ``PlanLimitError`` for the first limit that it exceeds.
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

    /// Checks the memory of a session.
    ///
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
