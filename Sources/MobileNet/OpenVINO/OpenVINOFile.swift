/// Parts of the XML file of a network of OpenVINO that the importer needs.
///
/// "Intermediate Representation (IR)", versions 10 and 11:
/// <https://docs.openvino.ai/2024/documentation/openvino-ir-format.html>.
struct OpenVINOFile {
    /// Operation of the network.
    struct Layer {
        var id = 0
        var name = ""
        /// Operator, such as `Convolution`.
        var type = ""
        /// Attributes of the operator.
        var attributes: [String: String] = [:]
        /// Indices of the output ports.
        var outputs: [Int] = []
        /// Line of the list of layers, for error messages.
        var index = 0
    }

    /// Port of a layer.
    struct Port: Hashable {
        var layer = 0
        var port = 0
    }

    private(set) var layers: [Layer] = []
    /// Output port that each input port reads.
    private(set) var edges: [Port: Port] = [:]
    /// Name of the network when it was converted; empty if unknown.
    private(set) var name = ""
    /// Labels of the classes; `nil` if the file has none.
    private(set) var labels: [String]?
    /// Elements that are open.
    private var path: [String] = []

    private static let mostLayers = 1 << 14
    private static let mostEdges = 1 << 16
    private static let versions = 10...11

    /// Whether the bytes start like the XML file of a network.
    static func recognizes(_ bytes: [UInt8]) -> Bool {
        let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]
        let head = bytes.prefix(64).drop { byteOrderMark.contains($0) || [0x09, 0x0A, 0x0D, 0x20].contains($0) }
        return head.starts(with: Array("<?xml".utf8)) || head.starts(with: Array("<net".utf8))
    }

    /// - Throws: ``FormatError`` if the file is malformed or exceeds a limit.
    init(_ bytes: [UInt8]) throws(FormatError) {
        self = try XMLReader.read(bytes, to: OpenVINOFile())
        guard !layers.isEmpty else { throw FormatError("a network of OpenVINO without layers") }
    }

    private init() {}
}

extension OpenVINOFile: XMLHandler {
    mutating func start(_ element: String, _ attributes: [String: String]) throws(FormatError) {
        switch path.count {
        case 0: try startNetwork(element, attributes)
        case 2 where path[1] == "layers" && element == "layer": try startLayer(attributes)
        case 2 where path[1] == "edges" && element == "edge": try startEdge(attributes)
        case 3 where path[1] == "layers" && element == "data":
            if !layers.isEmpty { layers[layers.count - 1].attributes = attributes }
        case 4 where path[1] == "layers" && path[3] == "output" && element == "port":
            let port = try number(attributes["id"], of: "a port")
            if !layers.isEmpty { layers[layers.count - 1].outputs.append(port) }
        case 2... where path[1] == "rt_info" || path[1] == "meta_data": startNote(element, attributes["value"])
        default: break
        }
        path.append(element)
    }

    mutating func end(_ element: String) { path.removeLast() }

    private mutating func startNetwork(_ element: String, _ attributes: [String: String]) throws(FormatError) {
        guard element == "net" else { throw FormatError("an XML file, but not one of a network of OpenVINO") }
        let version = try number(attributes["version"], of: "the network's version")
        guard Self.versions.contains(version) else {
            throw FormatError(
                "version \(version) of OpenVINO's format; versions 10 and 11 are supported; OpenVINO converts the network"
            )
        }
        name = attributes["name"] ?? ""
    }

    private mutating func startLayer(_ attributes: [String: String]) throws(FormatError) {
        guard layers.count < Self.mostLayers else {
            throw FormatError("more layers than any network of this family has")
        }
        let type = attributes["type"] ?? ""
        layers.append(
            Layer(
                id: try number(attributes["id"], of: "a layer"), name: attributes["name"] ?? "", type: type,
                index: layers.count + 1))
    }

    private mutating func startEdge(_ attributes: [String: String]) throws(FormatError) {
        guard edges.count < Self.mostEdges else { throw FormatError("more edges than any network of this family has") }
        func end(_ side: String) throws(FormatError) -> Port {
            Port(
                layer: try number(attributes["\(side)-layer"], of: "an edge"),
                port: try number(attributes["\(side)-port"] ?? "0", of: "an edge"))
        }
        let target = try end("to")
        guard edges.updateValue(try end("from"), forKey: target) == nil else {
            throw FormatError("two edges to the port \(target.port) of the layer \(target.layer)")
        }
    }

    /// Takes a note of the program that converted the network.
    private mutating func startNote(_ element: String, _ value: String?) {
        guard let value else { return }
        switch element {
        case "model_name": name = value
        case "labels":
            let names = Self.labels(value)
            if !names.isEmpty { labels = names }
        default: break
        }
    }

    /// Returns the labels of a list that spaces separate. The spaces of a label are underscores.
    static func labels(_ list: String) -> [String] {
        list.split(separator: " ").map { String($0.replacing("_", with: " ")) }
    }

    private func number(_ text: String?, of part: String) throws(FormatError) -> Int {
        guard let text, let number = Int(text), (0..<1 << 31).contains(number) else {
            throw FormatError("the number of \(part) is \"\(shortened(text ?? ""))\"")
        }
        return number
    }
}
