/// A name of a model, compared with others whoever wrote it: torchvision writes `mobilenet_v3_large`, timm
/// `mobilenetv3_large_100` and `tf_efficientnet_lite0`, Keras `MobileNetV2`.
public struct ModelName: Equatable, Sendable {
    /// Letters and digits alone, without what says who published it or what its file is called.
    private let key: String

    public init(_ name: String) {
        var text = name.lowercased()[...]
        for suffix in [".pth", ".pt", ".safetensors", ".tflite", ".onnx"] where text.hasSuffix(suffix) {
            text = text.dropLast(suffix.count)
        }
        // The head of a checksum, as in `mobilenet_v2-7ebf99e0`.
        if let dash = text.lastIndex(of: "-"), case let tail = text[dash...].dropFirst(), tail.count == 8,
            tail.allSatisfy(\.isHexDigit)
        {
            text = text[..<dash]
        }
        for prefix in ["tf_", "timm/", "torchvision/"] where text.hasPrefix(prefix) {
            text = text.dropFirst(prefix.count)
        }
        var key = String(text.filter { $0.isLetter || $0.isNumber })
        // timm's widths are hundredths: 100 is the usual one. What follows a dot says how it was trained.
        if let dot = text.firstIndex(of: "."), text[dot...].contains(where: \.isLetter) {
            key = String(text[..<dot].filter { $0.isLetter || $0.isNumber })
        }
        if key.hasSuffix("100"), key.count > 3 { key = String(key.dropLast(3)) }
        if key.hasSuffix("minimal") { key += "istic" }
        self.key = key
    }

    /// The first of some names that is this one in another spelling.
    public func match(among names: [String]) -> String? { names.first { ModelName($0) == self } }
}
