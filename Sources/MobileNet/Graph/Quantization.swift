/// Arithmetic from the sums of a quantized layer to its output.
public enum Requantization: String, Sendable, Codable {
    /// Fixed-point factors, rounded as in TensorFlow Lite: outputs equal those of its reference kernels.
    case fixedPoint = "fixed-point"
    /// Float32 factors. Sums are not rounded between a layer and the hard swish behind it.
    case float32
}

/// Affine quantization of a tensor to uint8: `value = scale · (quantized − zeroPoint)` (Jacob et al., "Quantization and
/// training of neural networks for efficient integer-arithmetic-only inference", 2018, equation 1).
///
/// An int8 tensor is stored as uint8: 128 is added to its values and to its zero point.
public struct Quantization: Equatable, Hashable, Sendable, Codable {
    /// Scale: the real value of one quantization step, above zero.
    public var scale: Float
    /// Zero point: the quantized value of 0.0, from 0 to 255.
    public var zeroPoint: Int32

    /// Creates a quantization. ``Graph`` refuses values that are out of range.
    public init(scale: Float, zeroPoint: Int32) {
        self.scale = scale
        self.zeroPoint = zeroPoint
    }

    /// Range of scales. Quotients and products of two of them neither underflow nor overflow in float32.
    static let scales: ClosedRange<Float> = 1e-18...1e18

    /// Whether scale and zero point are in range.
    var isValid: Bool { Self.scales.contains(scale) && (0...255).contains(zeroPoint) }

    /// Message for values that are out of range.
    var complaint: String {
        "a scale of \(scale) with the zero point \(zeroPoint) is impossible: "
            + "scales go from \(Self.scales.lowerBound) to \(Self.scales.upperBound), zero points from 0 to 255"
    }

    /// Quantizes a value: rounds half away from zero, and saturates. NaN becomes 0.
    public func quantized(_ value: Float) -> UInt8 {
        let steps = (value / scale).rounded(.toNearestOrAwayFromZero) + Float(zeroPoint)
        return UInt8(min(max(steps.isNaN ? 0 : steps, 0), 255))
    }

    /// Dequantizes a value.
    public func dequantized(_ value: UInt8) -> Float { scale * Float(Int32(value) - zeroPoint) }
}
