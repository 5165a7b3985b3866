/// Normalization of an 8-bit image to the input of a network: `(value − mean) / standardDeviation`, per channel.
public struct InputNormalization: Equatable, Sendable {
    /// Order of the colour channels of a network.
    public enum Colours: String, CaseIterable, Sendable {
        /// Red, green, blue.
        case rgb
        /// Blue, green, red: the order of OpenCV and of networks that were trained with it.
        case bgr
    }

    /// Mean of each channel, in the order of the network's channels, 0 to 255.
    public var mean: (Float, Float, Float)
    /// Standard deviation of each channel, in the same unit.
    public var standardDeviation: (Float, Float, Float)
    /// Order of the channels.
    public var colours: Colours

    /// Creates a normalization with values for each channel.
    public init(mean: (Float, Float, Float), standardDeviation: (Float, Float, Float), colours: Colours = .rgb) {
        self.mean = mean
        self.standardDeviation = standardDeviation
        self.colours = colours
    }

    /// Creates a normalization with the same values for all channels.
    public init(mean: Float, standardDeviation: Float, colours: Colours = .rgb) {
        self.init(
            mean: (mean, mean, mean), standardDeviation: (standardDeviation, standardDeviation, standardDeviation),
            colours: colours)
    }

    /// Mean and standard deviation of ImageNet's pixels, as torchvision's weights expect.
    public static let imageNetStatistics = InputNormalization(
        mean: (0.485 * 255, 0.456 * 255, 0.406 * 255), standardDeviation: (0.229 * 255, 0.224 * 255, 0.225 * 255))

    /// Range −1 to 1, as TensorFlow's MobileNets expect.
    public static let symmetric = InputNormalization(mean: 127.5, standardDeviation: 127.5)

    public static func == (a: Self, b: Self) -> Bool {
        a.mean == b.mean && a.standardDeviation == b.standardDeviation && a.colours == b.colours
    }
}
