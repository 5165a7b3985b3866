/// How the bytes of a picture become the input of a network: `(byte − mean) / deviation`, per channel.
public struct InputNormalization: Equatable, Sendable {
    /// In which order a network wants the colours.
    public enum Colours: String, CaseIterable, Sendable {
        case rgb
        /// As OpenCV reads pictures, and networks that were trained with it.
        case bgr
    }

    /// Of each of the network's channels; in bytes, 0 to 255.
    public var mean: (Float, Float, Float)
    /// Of each of the network's channels; in bytes.
    public var deviation: (Float, Float, Float)
    /// Which colour is the first channel.
    public var colours: Colours

    public init(mean: (Float, Float, Float), deviation: (Float, Float, Float), colours: Colours = .rgb) {
        self.mean = mean
        self.deviation = deviation
        self.colours = colours
    }

    /// The same for each channel.
    public init(mean: Float, deviation: Float, colours: Colours = .rgb) {
        self.init(mean: (mean, mean, mean), deviation: (deviation, deviation, deviation), colours: colours)
    }

    /// The mean and the standard deviation of ImageNet's pixels, which torchvision's weights want.
    public static let imageNetStatistics = InputNormalization(
        mean: (0.485 * 255, 0.456 * 255, 0.406 * 255), deviation: (0.229 * 255, 0.224 * 255, 0.225 * 255))

    /// From −1 to 1, as TensorFlow's MobileNets want it.
    public static let symmetric = InputNormalization(mean: 127.5, deviation: 127.5)

    public static func == (a: Self, b: Self) -> Bool {
        a.mean == b.mean && a.deviation == b.deviation && a.colours == b.colours
    }
}
