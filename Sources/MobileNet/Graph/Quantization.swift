/// How bytes stand for numbers: `number = scale · (byte − zeroPoint)`, with bytes from 0 to 255
/// (Jacob et al., "Quantization and training of neural networks for efficient integer-arithmetic-only
/// inference", 2018, equation 1).
///
/// Signed bytes are stored with 128 added to them and to their zero point, which changes nothing else.
public struct Quantization: Equatable, Hashable, Sendable, Codable {
    /// What one step of the bytes is worth; above zero.
    public var scale: Float
    /// The byte that stands for zero, from 0 to 255.
    public var zeroPoint: Int32

    public init(scale: Float, zeroPoint: Int32) {
        self.scale = scale
        self.zeroPoint = zeroPoint
    }

    /// Scales of which quotients and products of two are neither zero nor infinite in float32.
    static let scales: ClosedRange<Float> = 1e-18...1e18

    /// Whether it means something.
    var isValid: Bool { Self.scales.contains(scale) && (0...255).contains(zeroPoint) }

    /// Why it means nothing, for messages.
    var complaint: String {
        "a scale of \(scale) with the zero point \(zeroPoint) is impossible: "
            + "scales go from \(Self.scales.lowerBound) to \(Self.scales.upperBound), zero points from 0 to 255"
    }

    /// The nearest byte, of two equally near ones the one further from zero.
    public func byte(for number: Float) -> UInt8 {
        let steps = (number / scale).rounded(.toNearestOrAwayFromZero) + Float(zeroPoint)
        return UInt8(min(max(steps.isNaN ? 0 : steps, 0), 255))
    }

    /// The number that a byte stands for.
    public func number(for byte: UInt8) -> Float { scale * Float(Int32(byte) - zeroPoint) }
}
