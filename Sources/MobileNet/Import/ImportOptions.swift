/// What an importer is told, of what files do not say or say wrongly.
public struct ImportOptions: Sendable {
    /// A name for the model; `nil` for that of its network.
    public var name: String?
    /// What a checkpoint's network is; `nil` to recognise it by its tensors.
    public var architecture: Architecture?
    /// Who trained a checkpoint; `nil` to tell by the names of its tensors.
    public var origin: CheckpointOrigin?
    /// Pixels of the image, for a file that leaves the size open: width and height.
    public var size: (width: Int, height: Int)?
    /// What is taken off each byte of the image: one number, or one for each channel.
    public var mean: [Float]?
    /// What each byte is divided by after that: one number, or one for each channel.
    public var standardDeviation: [Float]?
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
            guard let triple = Self.triple(mean) else {
                throw FormatError("a mean of \(mean); one number or three are wanted")
            }
            result.mean = triple
        }
        if let standardDeviation {
            guard let triple = Self.triple(standardDeviation), standardDeviation.allSatisfy({ $0 >= 1e-6 }) else {
                throw FormatError("a deviation of \(standardDeviation); one number above zero or three are wanted")
            }
            result.standardDeviation = triple
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
    init?(means: [Float], standardDeviations: [Float]) {
        var options = ImportOptions()
        options.mean = means
        options.standardDeviation = standardDeviations
        guard let result = try? options.normalization(over: .symmetric) else { return nil }
        self = result
    }

    /// With a step behind it, `scale · x + shift`, for all channels or for each.
    func followed(byScale scale: [Float], shift: [Float]) -> InputNormalization? {
        let means = [mean.0, mean.1, mean.2]
        let standardDeviations = [standardDeviation.0, standardDeviation.1, standardDeviation.2]
        let offsets = PendingValue.combine(shift, PendingValue.combine(standardDeviations, scale, /), *)
        return InputNormalization(
            means: PendingValue.combine(means, offsets, -),
            standardDeviations: PendingValue.combine(standardDeviations, scale, /)
        ).map { InputNormalization(mean: $0.mean, standardDeviation: $0.standardDeviation, colours: colours) }
    }
}
