/// How the bytes of a picture become the input of a network: `(byte − mean) / deviation`, per channel.
public struct InputNormalization: Equatable, Sendable {
    /// Red, green, blue; in bytes, 0 to 255.
    public var mean: (Float, Float, Float)
    /// Red, green, blue; in bytes.
    public var deviation: (Float, Float, Float)

    public init(mean: (Float, Float, Float), deviation: (Float, Float, Float)) {
        self.mean = mean
        self.deviation = deviation
    }

    /// The mean and the standard deviation of ImageNet's pixels, which torchvision's weights want.
    public static let imageNetStatistics = InputNormalization(
        mean: (0.485 * 255, 0.456 * 255, 0.406 * 255), deviation: (0.229 * 255, 0.224 * 255, 0.225 * 255))

    public static func == (a: Self, b: Self) -> Bool { a.mean == b.mean && a.deviation == b.deviation }
}
