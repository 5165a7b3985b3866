/// Options of an import: properties of the model that the file does not contain, and overrides of those that it does.
///
/// An option that is `nil` is taken from the file, or is the default of the format.
public struct ImportOptions: Sendable {
    /// Name of the model; `nil` for the name of the architecture or of the file.
    public var name: String?
    /// Architecture of a checkpoint; `nil` to recognize it by the tensors.
    public var architecture: Architecture?
    /// Publisher of a checkpoint; `nil` to recognize it by the names of the tensors.
    public var origin: CheckpointOrigin?
    /// Width and height of the input in pixels. Required for a file that leaves them open.
    public var size: (width: Int, height: Int)?
    /// Mean that is subtracted from each byte (0–255) of the input: one value, or one for each channel.
    public var mean: [Float]?
    /// Standard deviation by which the difference is divided: one value, or one for each channel.
    public var standardDeviation: [Float]?
    /// Order of the input's channels.
    public var colours: InputNormalization.Colours?
    /// Function that maps the output to probabilities.
    public var activation: Head.Activation?
    /// Whether the first class is the background class.
    public var hasBackground: Bool?
    /// Labels of the classes.
    public var labels: [String]?
    /// Path of a text file with one label per line. It overrides ``labels``.
    public var labelsFile: String?
    /// Path of the file with the weights of a network of OpenVINO; `nil` for the one beside its XML file.
    public var weightsFile: String?
    /// Contents of the file with the weights of a network of OpenVINO. They override ``weightsFile``.
    public var weights: [UInt8]?
    /// Post-processing of a detector whose file does not contain it.
    public var detector = DetectorOptions()
    /// Origin of the weights, for example a file name or a URL.
    public var source = ""
    /// Licence of the weights; empty if unknown.
    public var licence = ""

    /// Creates options that change nothing.
    public init() {}

    /// Returns a normalization with the overrides of the options.
    ///
    /// - Parameter known: normalization without overrides.
    /// - Throws: ``FormatError`` if there are neither one nor three values, or they are out of range.
    func normalization(over known: InputNormalization) throws(FormatError) -> InputNormalization {
        var result = known
        if let mean {
            guard let triple = Self.triple(mean) else {
                throw FormatError("a mean of \(mean); one value or three are expected")
            }
            result.mean = triple
        }
        if let standardDeviation {
            guard let triple = Self.triple(standardDeviation), standardDeviation.allSatisfy({ $0 >= 1e-6 }) else {
                throw FormatError(
                    "a standard deviation of \(standardDeviation); one value above zero or three are expected")
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

/// Error of an import that needs an option, because the file does not contain the property.
public struct ImportOptionMissing: Error, Equatable, CustomStringConvertible {
    /// Sentence without the file's name that names the property and the command line's option.
    public let description: String

    init(_ description: String) { self.description = description }
}

extension InputNormalization {
    /// Creates a normalization of untrusted values: one for all channels, or one for each. Returns `nil` if they are
    /// out of range.
    init?(means: [Float], standardDeviations: [Float]) {
        var options = ImportOptions()
        options.mean = means
        options.standardDeviation = standardDeviations
        guard let result = try? options.normalization(over: .symmetric) else { return nil }
        self = result
    }

    /// Returns the normalization followed by `scale · x + shift`, with one value for all channels or one for each.
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
