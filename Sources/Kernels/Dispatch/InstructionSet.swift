import CIntrinsics

/// The instruction sets for which there are kernels, from the lowest to the highest.
public enum InstructionSet: String, CaseIterable, Comparable, Sendable {
    /// What every CPU of the architecture has: SSE2 on x86-64, NEON on arm64.
    case portable
    /// AVX2 and FMA (Intel Haswell, AMD Excavator and later).
    case avx2
    /// AVX-512 F, VL, BW and DQ (Intel Skylake-SP, AMD Zen 4 and later).
    case avx512
    /// The same with VNNI, which multiplies bytes for quantised networks (Intel Cascade Lake, AMD Zen 4 and later).
    case avx512vnni

    /// Whether this CPU, under this operating system, runs it.
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

    /// The highest one that this machine runs.
    public static var best: InstructionSet { allCases.last(where: \.isSupported) ?? .portable }

    public static func < (a: Self, b: Self) -> Bool { a.level < b.level }

    private var level: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}

extension InstructionSet {
    /// The environment variable that asks for a lower instruction set than the best.
    public static let environmentVariable = "LOOKOUT_ISA"

    /// The instruction set to use: the best, or the one that ``environmentVariable`` names.
    ///
    /// - Parameter name: the value of the environment variable, `nil` if it is not set.
    /// - Throws: ``InstructionSetError`` if the name is unknown, or the machine lacks what it names.
    public static func selected(by name: String?) throws(InstructionSetError) -> InstructionSet {
        guard let name, !name.isEmpty else { return best }
        guard let wanted = InstructionSet(rawValue: name) else { throw .unknown(name) }
        guard wanted.isSupported else { throw .unsupported(wanted) }
        return wanted
    }
}

/// Why an instruction set cannot be used.
public enum InstructionSetError: Error, Equatable, CustomStringConvertible {
    case unknown(String)
    case unsupported(InstructionSet)

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
