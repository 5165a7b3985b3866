import CIntrinsics

/// Instruction sets with optimized kernels, from the lowest to the highest.
public enum InstructionSet: String, CaseIterable, Comparable, Sendable {
    /// Baseline of the architecture: SSE2 on x86-64, NEON on arm64.
    case portable
    /// AVX2 and FMA (Intel Haswell, AMD Excavator and later).
    case avx2
    /// AVX-512 F, VL, BW and DQ (Intel Skylake-SP, AMD Zen 4 and later).
    case avx512
    /// AVX-512 with VNNI, which multiplies int8 values for quantized models (Intel Cascade Lake, AMD Zen 4 and later).
    case avx512vnni

    /// Whether this CPU and the operating system support it.
    public var isSupported: Bool {
        #if arch(x86_64)
            switch self {
            case .portable: true
            case .avx2: cintrinsics_has_avx2()
            case .avx512: cintrinsics_has_avx512()
            case .avx512vnni: cintrinsics_has_avx512vnni()
            }
        #else
            self == .portable
        #endif
    }

    /// Highest instruction set that this machine supports.
    public static var best: InstructionSet { allCases.last(where: \.isSupported) ?? .portable }

    /// Whether `a` is lower than `b`.
    public static func < (a: Self, b: Self) -> Bool { a.level < b.level }

    private var level: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}

extension InstructionSet {
    /// Environment variable that selects an instruction set.
    public static let environmentVariable = "LOOKOUT_ISA"

    /// Returns the instruction set that ``environmentVariable`` names, or the best.
    ///
    /// - Parameter name: the value of the environment variable, `nil` if it is not set.
    /// - Throws: ``InstructionSetError`` if the name is unknown, or the machine does not support the instruction set.
    public static func selected(by name: String?) throws(InstructionSetError) -> InstructionSet {
        guard let name, !name.isEmpty else { return best }
        guard let wanted = InstructionSet(rawValue: name) else { throw .unknown(name) }
        guard wanted.isSupported else { throw .unsupported(wanted) }
        return wanted
    }
}

/// Error for an instruction set that cannot be used.
public enum InstructionSetError: Error, Equatable, CustomStringConvertible {
    /// No instruction set has this name.
    case unknown(String)
    /// The CPU or the operating system does not support it.
    case unsupported(InstructionSet)

    /// Message with the environment variable and the choices.
    public var description: String {
        let variable = InstructionSet.environmentVariable
        switch self {
        case .unknown(let name):
            let names = InstructionSet.allCases.map(\.rawValue).joined(separator: ", ")
            return "\(variable)=\(name): unknown instruction set; it is one of \(names)"
        case .unsupported(let set):
            return "\(variable)=\(set.rawValue): this CPU does not have it; the best it has is "
                + InstructionSet.best.rawValue
        }
    }
}
