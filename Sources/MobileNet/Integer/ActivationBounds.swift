import Kernels

/// The bytes between which an activation keeps its results: `CalculateActivationRangeQuantized`.
struct ActivationBounds: Equatable {
    var low: UInt8 = 0
    var high: UInt8 = 255

    /// All bytes.
    init() {}

    /// - Parameter quantization: that of the output.
    init(_ activation: Activation, _ quantization: Quantization) {
        switch activation {
        case .relu:
            low = UInt8(quantization.zeroPoint)
        case .relu6:
            low = UInt8(quantization.zeroPoint)
            let six = (6 / quantization.scale).rounded(.toNearestOrAwayFromZero)
            high = UInt8(min(255, Int32(min(six, 1024)) + quantization.zeroPoint))
        case .linear, .hardSwish, .hardSigmoid, .sigmoid:
            break
        }
    }

    /// The bytes that pass both.
    func intersection(_ other: ActivationBounds) -> ActivationBounds {
        var both = self
        both.low = max(low, other.low)
        both.high = min(high, other.high)
        return both
    }
}
