/// How the bytes of an image become the input of a network: `(byte − mean) / standardDeviation`, per channel.
public struct InputNormalization: Equatable, Sendable {
    /// In which order a network wants the colours.
    public enum Colours: String, CaseIterable, Sendable {
        case rgb
        /// As OpenCV reads images, and networks that were trained with it.
        case bgr
    }

    /// Of each of the network's channels; in bytes, 0 to 255.
    public var mean: (Float, Float, Float)
    /// Of each of the network's channels; in bytes.
    public var standardDeviation: (Float, Float, Float)
    /// Which colour is the first channel.
    public var colours: Colours

    public init(mean: (Float, Float, Float), standardDeviation: (Float, Float, Float), colours: Colours = .rgb) {
        self.mean = mean
        self.standardDeviation = standardDeviation
        self.colours = colours
    }

    /// The same for each channel.
    public init(mean: Float, standardDeviation: Float, colours: Colours = .rgb) {
        self.init(
            mean: (mean, mean, mean), standardDeviation: (standardDeviation, standardDeviation, standardDeviation),
            colours: colours)
    }

    /// The mean and the standard deviation of ImageNet's pixels, which torchvision's weights want.
    public static let imageNetStatistics = InputNormalization(
        mean: (0.485 * 255, 0.456 * 255, 0.406 * 255), standardDeviation: (0.229 * 255, 0.224 * 255, 0.225 * 255))

    /// From −1 to 1, as TensorFlow's MobileNets want it.
    public static let symmetric = InputNormalization(mean: 127.5, standardDeviation: 127.5)

    public static func == (a: Self, b: Self) -> Bool {
        a.mean == b.mean && a.standardDeviation == b.standardDeviation && a.colours == b.colours
    }
}
