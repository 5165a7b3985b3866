/// A network that the engine has tables for: which family it belongs to, and how wide it is.
///
/// Its name is that of the family, and the width where it is not 1: `mobilenet-v2-0.35`.
///
///     let graph = try Architecture(.mobileNetV1, width: 0.5).graph(resolution: 160)
public struct Architecture: Equatable, Hashable, Sendable {
    /// Whose tables it follows.
    public let family: Family
    /// The papers' width multiplier α: the channels of every layer, in parts of the tables'.
    public let width: Double
    /// What scales with α; at α = 1 it makes no difference.
    public var scaling: WidthScaling
    /// What its convolutions have in common, which depends on who trained the weights.
    public var style: ConvolutionStyle

    /// - Parameters:
    ///   - family: whose tables it follows.
    ///   - width: the width multiplier α; 1 for families without one.
    ///   - scaling: what scales with α.
    ///   - style: `nil` for that of the weights which most people have (see ``Family/usualStyle``).
    /// - Precondition: ``Family/widths`` has the width.
    public init(
        _ family: Family, width: Double = 1, scaling: WidthScaling = .papers, style: ConvolutionStyle? = nil
    ) {
        precondition(family.widths.contains(width), "\(family.rawValue) is not made \(width) times as wide")
        self.family = family
        self.width = width
        self.scaling = scaling
        self.style = style ?? family.usualStyle
    }

    // Written out: what is raw-representable would be compared by its name alone.
    public static func == (a: Self, b: Self) -> Bool {
        a.family == b.family && a.width == b.width && a.scaling == b.scaling && a.style == b.style
    }

    /// The network for square images.
    ///
    /// - Parameters:
    ///   - resolution: pixels on each side (the papers' ρ, times 224), from 32 to 1024; `nil` for
    ///     ``Family/usualResolution``.
    ///   - classes: how many logits there are.
    /// - Throws: ``GraphError`` if the resolution is too small for the network's strides.
    public func graph(resolution: Int? = nil, classes: Int = 1000) throws(GraphError) -> Graph {
        let input = InputSize(resolution: resolution ?? family.usualResolution, classes: classes)
        switch family {
        case .mobileNetV1:
            return try MobileNetV1.table.graph(width: width, style: style, input)
        case .mobileNetV2:
            return try MobileNetV2.table.graph(width: width, style: style, input)
        case .mobileNetV2Deep110, .mobileNetV2Deep120:
            return try MobileNetV2.table.deeper(family == .mobileNetV2Deep110 ? 1.2 : 1.4)
                .graph(width: family == .mobileNetV2Deep110 ? 1.1 : 1.2, style: style, input)
        case .mobileNetV3Large, .mobileNetV3Small, .mobileNetV3LargeMinimalistic, .mobileNetV3SmallMinimalistic:
            return try MobileNetV3(family).graph(width: width, scaling: scaling, style: style, input)
        case .efficientNetLite0, .efficientNetLite1, .efficientNetLite2, .efficientNetLite3, .efficientNetLite4:
            return try EfficientNetLite(family).graph(style: style, input)
        }
    }

    /// How the weights that most people have want their input.
    public var inputNormalization: InputNormalization { family.usualNormalization }
}

/// What a table leaves open.
struct InputSize {
    /// Pixels on each side.
    var resolution: Int
    /// Logits.
    var classes: Int

    /// The shape of the image.
    var shape: Shape { Shape(channels: 3, height: resolution, width: resolution) }
}

/// Which numbers of MobileNetV3's tables the width multiplier scales: there are two readings.
public enum WidthScaling: String, CaseIterable, Sendable {
    /// As the authors' own code, Keras and timm have it: a block's expansion is a multiple of the channels that
    /// it gets, the stem is not made narrower than at α = 0.75, and the head's vector never.
    case papers
    /// As torchvision has it: every number of the tables times α.
    case torchvision
}

// MARK: - Names

extension Architecture: RawRepresentable, CaseIterable, CustomStringConvertible {
    /// Every family at its own width.
    public static var allCases: [Architecture] { Family.allCases.map { Architecture($0) } }

    /// As `mobilenet-v3-large`, or `mobilenet-v2-0.35`.
    public var rawValue: String { width == 1 ? family.rawValue : "\(family.rawValue)-\(width)" }

    public var description: String { rawValue }

    /// Reads a name, as ``rawValue`` has it.
    ///
    /// - Returns: `nil` for what is none.
    public init?(rawValue: String) {
        if let family = Family(rawValue: rawValue) {
            self.init(family)
            return
        }
        guard let dash = rawValue.lastIndex(of: "-"), let family = Family(rawValue: String(rawValue[..<dash])) else {
            return nil
        }
        let digits = rawValue[rawValue.index(after: dash)...]
        guard digits.allSatisfy({ $0.isASCII && $0.isNumber || $0 == "." }), let width = Double(digits),
            family.widths.contains(width)
        else { return nil }
        self.init(family, width: width)
    }

    public static let mobileNetV1 = Architecture(.mobileNetV1)
    public static let mobileNetV2 = Architecture(.mobileNetV2)
    public static let mobileNetV3Large = Architecture(.mobileNetV3Large)
    public static let mobileNetV3Small = Architecture(.mobileNetV3Small)
    public static let efficientNetLite0 = Architecture(.efficientNetLite0)
}
