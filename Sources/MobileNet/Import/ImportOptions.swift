/// What an importer is told, of what files do not say or say wrongly.
public struct ImportOptions: Sendable {
    /// A name for the model; `nil` for that of its network.
    public var name: String?
    /// What a checkpoint's network is; `nil` to recognise it by its tensors.
    public var architecture: Architecture?
    /// Who trained a checkpoint; `nil` to tell by the names of its tensors.
    public var origin: CheckpointOrigin?
    /// Pixels of the picture, for a file that leaves the size open: width and height.
    public var size: (width: Int, height: Int)?
    /// What is taken off each byte of the picture: one number, or one for each channel.
    public var mean: [Float]?
    /// What each byte is divided by after that: one number, or one for each channel.
    public var deviation: [Float]?
    public var colours: InputNormalization.Colours?
    /// What has to be done with what comes out to make it probabilities.
    public var activation: Head.Activation?
    /// Whether the first class stands for none of the others.
    public var hasBackground: Bool?
    /// What the classes are called.
    public var labels: [String]?
    /// A file that says so, with one label a line.
    public var labelsFile: String?
    /// Where the weights came from.
    public var source = ""
    /// Under which terms they may be used.
    public var licence = ""

    public init() {}

    /// The normalisation of the input, with what the options say of it.
    ///
    /// - Throws: ``FormatError`` if they make no sense.
    func normalization(over known: InputNormalization) throws(FormatError) -> InputNormalization {
        var result = known
        if let mean {
            guard let triple = Self.triple(mean) else { throw FormatError("a mean of \(mean); one number or three are wanted") }
            result.mean = triple
        }
        if let deviation {
            guard let triple = Self.triple(deviation), deviation.allSatisfy({ $0 >= 1e-6 }) else {
                throw FormatError("a deviation of \(deviation); one number above zero or three are wanted")
            }
            result.deviation = triple
        }
        if let colours { result.colours = colours }
        return result
    }

    private static func triple(_ values: [Float]) -> (Float, Float, Float)? {
        guard values.allSatisfy({ $0.isFinite && abs($0) <= 1e6 }) else { return nil }
        switch values.count {
        case 1: return (values[0], values[0], values[0])
        case 3: return (values[0], values[1], values[2])
        default: return nil
        }
    }
}

/// What has to be said to an importer, for the file leaves it open.
public struct ImportOptionMissing: Error, Equatable, CustomStringConvertible {
    /// What is missing, and which option says it, in a sentence without the file's name.
    public let description: String

    init(_ description: String) { self.description = description }
}

extension InputNormalization {
    /// From the numbers of a file that nobody vouches for: one for all channels, or one for each.
    init?(means: [Float], deviations: [Float]) {
        var options = ImportOptions()
        options.mean = means
        options.deviation = deviations
        guard let result = try? options.normalization(over: .symmetric) else { return nil }
        self = result
    }

    /// With a step behind it, `scale · x + shift`, for all channels or for each.
    func followed(byScale scale: [Float], shift: [Float]) -> InputNormalization? {
        let means = [mean.0, mean.1, mean.2]
        let deviations = [deviation.0, deviation.1, deviation.2]
        let offsets = PendingValue.combine(shift, PendingValue.combine(deviations, scale, /), *)
        return InputNormalization(
            means: PendingValue.combine(means, offsets, -), deviations: PendingValue.combine(deviations, scale, /)
        ).map { InputNormalization(mean: $0.mean, deviation: $0.deviation, colours: colours) }
    }
}
