extension Architecture {
    /// Networks that share one table of layers.
    public enum Family: String, CaseIterable, Sendable {
        /// MobileNetV1 (Howard et al., 2017).
        case mobileNetV1 = "mobilenet-v1"
        /// MobileNetV2 (Sandler et al., 2018).
        case mobileNetV2 = "mobilenet-v2"
        /// MobileNetV2, wider and deeper by the scaling of EfficientNet: `mobilenetv2_110d` of timm.
        case mobileNetV2Deep110 = "mobilenet-v2-110d"
        /// `mobilenetv2_120d` of timm.
        case mobileNetV2Deep120 = "mobilenet-v2-120d"
        /// MobileNetV3-Large (Howard et al., 2019).
        case mobileNetV3Large = "mobilenet-v3-large"
        /// MobileNetV3-Small.
        case mobileNetV3Small = "mobilenet-v3-small"
        /// MobileNetV3-Large without squeeze-and-excitation, h-swish and 5×5 kernels.
        case mobileNetV3LargeMinimalistic = "mobilenet-v3-large-minimalistic"
        /// MobileNetV3-Small without squeeze-and-excitation, h-swish and 5×5 kernels.
        case mobileNetV3SmallMinimalistic = "mobilenet-v3-small-minimalistic"
        /// MobileNetV4-Conv-Small (Qin et al., 2024).
        case mobileNetV4ConvSmall = "mobilenet-v4-conv-small"
        /// MobileNetV4-Conv-Medium.
        case mobileNetV4ConvMedium = "mobilenet-v4-conv-medium"
        /// MobileNetV4-Conv-Large.
        case mobileNetV4ConvLarge = "mobilenet-v4-conv-large"
        /// MobileNetEdgeTPU (Howard & Gupta, 2019).
        case mobileNetEdgeTPU = "mobilenet-edgetpu"
        /// EfficientNet-Lite0 (Liu, 2020).
        case efficientNetLite0 = "efficientnet-lite0"
        /// EfficientNet-Lite1.
        case efficientNetLite1 = "efficientnet-lite1"
        /// EfficientNet-Lite2.
        case efficientNetLite2 = "efficientnet-lite2"
        /// EfficientNet-Lite3.
        case efficientNetLite3 = "efficientnet-lite3"
        /// EfficientNet-Lite4.
        case efficientNetLite4 = "efficientnet-lite4"
    }
}

extension Architecture.Family {
    /// Supported width multipliers. Families that are scaled as EfficientNets have a fixed width: 1.
    public var widths: ClosedRange<Double> {
        switch self {
        case .mobileNetV1, .mobileNetV2, .mobileNetV3Large, .mobileNetV3Small, .mobileNetV3LargeMinimalistic,
            .mobileNetV3SmallMinimalistic:
            0.01...8
        default: 1...1
        }
    }

    /// Scaling rules in use at widths other than 1.
    var scalings: [WidthScaling] {
        switch self {
        case .mobileNetV3Large, .mobileNetV3Small, .mobileNetV3LargeMinimalistic, .mobileNetV3SmallMinimalistic:
            WidthScaling.allCases
        default: [.papers]
        }
    }

    /// Whether the authors' weights are for TensorFlow's padding.
    var hasTensorFlowWeights: Bool {
        switch self {
        case .mobileNetV2Deep110, .mobileNetV2Deep120, .mobileNetV4ConvSmall, .mobileNetV4ConvMedium,
            .mobileNetV4ConvLarge, .mobileNetEdgeTPU:
            false
        default: true
        }
    }

    /// Height and width, in pixels, of the input of the published networks.
    public var usualResolution: Int {
        switch self {
        case .mobileNetV4ConvMedium: 256
        case .mobileNetV4ConvLarge: 384
        case .efficientNetLite1: 240
        case .efficientNetLite2: 260
        case .efficientNetLite3: 280
        case .efficientNetLite4: 300
        default: 224
        }
    }

    /// Style of the most widely used weights: torchvision's, or the authors' where torchvision has none.
    public var usualStyle: ConvolutionStyle {
        switch self {
        case .mobileNetV1, .mobileNetV2, .mobileNetV2Deep110, .mobileNetV2Deep120, .mobileNetV4ConvSmall,
            .mobileNetV4ConvMedium, .mobileNetV4ConvLarge, .mobileNetEdgeTPU:
            .pyTorch
        case .mobileNetV3Large, .mobileNetV3Small: ConvolutionStyle(padding: .symmetric, epsilon: 1e-3)
        default: .tensorFlow
        }
    }

    /// Input normalization of the most widely used weights.
    public var usualNormalization: InputNormalization {
        switch self {
        case .mobileNetV2, .mobileNetV2Deep110, .mobileNetV2Deep120, .mobileNetV3Large, .mobileNetV3Small,
            .mobileNetV4ConvSmall, .mobileNetV4ConvMedium, .mobileNetV4ConvLarge, .mobileNetEdgeTPU:
            .imageNetStatistics
        case .mobileNetV1, .mobileNetV3LargeMinimalistic, .mobileNetV3SmallMinimalistic: .symmetric
        default: InputNormalization(mean: (127, 127, 127), standardDeviation: (128, 128, 128))
        }
    }
}
