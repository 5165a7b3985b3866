/// An activation function, applied to a tile while it is still in registers.
public enum Activation: UInt8, BitwiseCopyable, CaseIterable, Sendable {
    /// The identity.
    case linear
    /// `max(x, 0)`.
    case relu
    /// `min(max(x, 0), 6)`: MobileNetV2 (Sandler et al., 2018), EfficientNet-Lite.
    case relu6
    /// `x · relu6(x + 3) / 6`: MobileNetV3 (Howard et al., 2019), section 5.2.
    case hardSwish
    /// `relu6(x + 3) / 6`: the gate of MobileNetV3's squeeze-and-excitation.
    case hardSigmoid
    /// `1 / (1 + exp(−x))`.
    case sigmoid
}
