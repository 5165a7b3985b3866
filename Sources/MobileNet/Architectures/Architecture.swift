/// Network of a known family at a width.
///
/// ``rawValue`` is the name of the family, followed by the width if that is not 1: `mobilenet-v2-0.35`.
///
///     let graph = try Architecture(.mobileNetV1, width: 0.5).graph(resolution: 160)
public struct Architecture: Equatable, Hashable, Sendable {
    /// Family whose table describes the layers.
    public let family: Family
    /// Width multiplier α of the papers: ratio of a layer's channels to those in the table.
    public let width: Double
    /// Rule by which α scales MobileNetV3. It makes no difference at α = 1.
    public var scaling: WidthScaling
    /// Padding and ε of all convolutions. They depend on the framework in which the weights were trained.
    public var style: ConvolutionStyle

    /// Creates an architecture.
    ///
    /// - Parameters:
    ///   - family: family whose table describes the layers.
    ///   - width: width multiplier α; 1 for families without one.
    ///   - scaling: rule by which α scales MobileNetV3.
    ///   - style: padding and ε; `nil` for ``Family/usualStyle``.
    /// - Precondition: ``Family/widths`` contains `width`.
    public init(
        _ family: Family, width: Double = 1, scaling: WidthScaling = .papers, style: ConvolutionStyle? = nil
    ) {
        precondition(family.widths.contains(width), "\(family.rawValue) is not made \(width) times as wide")
        self.family = family
        self.width = width
        self.scaling = scaling
        self.style = style ?? family.usualStyle
    }

    /// Whether all properties are equal.
    // Explicit, because raw-representable types are otherwise compared by their raw values alone.
    public static func == (a: Self, b: Self) -> Bool {
        a.family == b.family && a.width == b.width && a.scaling == b.scaling && a.style == b.style
    }

    /// Returns the network for square images. It maps `[1, resolution, resolution, 3]` to `[1, classes]`.
    ///
    /// - Parameters:
    ///   - resolution: height and width of the input in pixels (ρ of the papers, times 224), from 32 to 1024; `nil` for
    ///     ``Family/usualResolution``.
    ///   - classes: number of logits.
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
        case .mobileNetV4ConvSmall, .mobileNetV4ConvMedium, .mobileNetV4ConvLarge:
            return try MobileNetV4(family).graph(style: style, input)
        case .mobileNetEdgeTPU:
            return try MobileNetEdgeTPU.graph(style: style, input)
        case .efficientNetLite0, .efficientNetLite1, .efficientNetLite2, .efficientNetLite3, .efficientNetLite4:
            return try EfficientNetLite(family).graph(style: style, input)
        }
    }

    /// Input normalization of the most widely used weights (see ``Family/usualNormalization``).
    public var inputNormalization: InputNormalization { family.usualNormalization }
}

/// Padding and ε that all convolutions of a network share.
///
/// The style is not part of the papers' tables but of the weights: weights that were trained with one padding are
/// inaccurate with another.
public struct ConvolutionStyle: Equatable, Hashable, Sendable {
    /// Padding: `symmetric` or `same`.
    public var padding: Padding
    /// ε of batch normalization.
    public var epsilon: Float

    /// Creates a style.
    public init(padding: Padding, epsilon: Float) {
        self.padding = padding
        self.epsilon = epsilon
    }

    /// Defaults of PyTorch: symmetric padding, ε = 1e-5.
    public static let pyTorch = ConvolutionStyle(padding: .symmetric, epsilon: 1e-5)
    /// Style of the authors' networks, which were trained with TensorFlow: `same` padding, ε = 1e-3.
    public static let tensorFlow = ConvolutionStyle(padding: .same, epsilon: 1e-3)
}

/// Parameters of a network that its table does not define.
struct InputSize {
    /// Height and width of the input in pixels.
    var resolution: Int
    /// Number of logits.
    var classes: Int

    /// Shape of the input.
    var shape: Shape { Shape(channels: 3, height: resolution, width: resolution) }
}

/// Rule by which the width multiplier α scales the channels of MobileNetV3.
public enum WidthScaling: String, CaseIterable, Sendable {
    /// Rule of the authors' code, Keras and timm: the expansion of a block is a multiple of its input channels, α below
    /// 0.75 does not scale the stem, and α below 1 does not scale the head's vector.
    case papers
    /// Rule of torchvision: α scales every channel count in the table.
    case torchvision
}

// MARK: - Names

extension Architecture: RawRepresentable, CaseIterable, CustomStringConvertible {
    /// Every family at width 1.
    public static var allCases: [Architecture] { Family.allCases.map { Architecture($0) } }

    /// Name of the architecture, such as `mobilenet-v3-large` or `mobilenet-v2-0.35`.
    public var rawValue: String { width == 1 ? family.rawValue : "\(family.rawValue)-\(width)" }

    /// Same as ``rawValue``.
    public var description: String { rawValue }

    /// Parses a name in the form of ``rawValue``. The scaling and the style are the defaults.
    ///
    /// - Returns: `nil` if no architecture has that name.
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

    /// MobileNetV1 at width 1.
    public static let mobileNetV1 = Architecture(.mobileNetV1)
    /// MobileNetV2 at width 1.
    public static let mobileNetV2 = Architecture(.mobileNetV2)
    /// MobileNetV3-Large at width 1.
    public static let mobileNetV3Large = Architecture(.mobileNetV3Large)
    /// MobileNetV3-Small at width 1.
    public static let mobileNetV3Small = Architecture(.mobileNetV3Small)
    /// EfficientNet-Lite0.
    public static let efficientNetLite0 = Architecture(.efficientNetLite0)
}
