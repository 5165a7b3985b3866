import Basics

/// Importer of models: PyTorch checkpoints, safetensors, TensorFlow Lite, ONNX and OpenVINO.
public enum ModelImport {
    /// Imports a file. The format is recognized by the contents.
    ///
    /// - Parameters:
    ///   - path: path of the file.
    ///   - options: properties that the file does not contain, and overrides.
    /// - Throws: ``FileError`` if the file cannot be read, is malformed, or has an unsupported network;
    ///   ``ImportOptionMissing`` if an option is required.
    public static func read(path: String, options: ImportOptions = ImportOptions()) throws -> Model {
        let bytes = try Files.read(path)
        var options = options
        if options.source.isEmpty { options.source = path.split(separator: "/").last.map(String.init) ?? path }
        if OpenVINOFile.recognizes(bytes), options.weightsFile == nil { options.weightsFile = weightsFile(of: path) }
        do {
            return try read(bytes, options: options)
        } catch let error where error is FileError || error is ImportOptionMissing {
            throw error
        } catch {
            throw FileError(path: path, contents: error)
        }
    }

    /// Imports the contents of a file. The format is recognized by the contents.
    ///
    /// - Parameters:
    ///   - bytes: contents of the file.
    ///   - options: properties that the file does not contain, and overrides.
    /// - Throws: ``ImportOptionMissing`` if an option is required; ``FileError`` if the file of labels is unusable;
    ///   else an error whose description is a sentence without the file's name.
    public static func read(_ bytes: [UInt8], options: ImportOptions = ImportOptions()) throws -> Model {
        let size = options.size
        let postProcessing = try DetectionPostProcessing(options)
        if TensorFlowLiteFile.recognizes(bytes) {
            return try model(TensorFlowLiteImport.read(bytes, size: size, postProcessing: postProcessing), options)
        }
        if OnnxFile.recognizes(bytes) {
            return try model(OnnxImport.read(bytes, size: size, postProcessing: postProcessing), options)
        }
        guard postProcessing == nil else {
            throw FormatError("anchors are for detectors of ONNX and TensorFlow Lite, and this file is neither")
        }
        if OpenVINOFile.recognizes(bytes) { return try openVINO(bytes, options) }
        return try checkpoint(bytes, options)
    }

    /// Returns the path of the file with the weights of a network of OpenVINO, which lies beside its XML file.
    private static func weightsFile(of path: String) -> String {
        (path.hasSuffix(".xml") ? String(path.dropLast(4)) : path) + ".bin"
    }

    private static func readWeights(_ path: String) throws(FileError) -> [UInt8] {
        do {
            return try Files.read(path)
        } catch {
            throw FileError(
                path: error.path, kind: error.kind,
                reason: "\(error.reason); this file must hold the weights, and lie beside the .xml file")
        }
    }

    private static func openVINO(_ bytes: [UInt8], _ options: ImportOptions) throws -> Model {
        let weights: [UInt8]
        if let given = options.weights {
            weights = given
        } else if let file = options.weightsFile {
            weights = try readWeights(file)
        } else {
            throw ImportOptionMissing(
                "the weights of a network of OpenVINO are in another file; import it by the path of its .xml file")
        }
        return try model(OpenVINOImport.read(bytes, weights: weights, size: options.size), options)
    }

    private static func checkpoint(_ bytes: [UInt8], _ options: ImportOptions) throws -> Model {
        let tensors = try CheckpointTensors(bytes)
        if options.architecture == nil, SSDLiteImport.recognizes(tensors) {
            guard options.size == nil else {
                throw FormatError("its network takes images of \(SSDLite.resolution) × \(SSDLite.resolution) only")
            }
            return try model(SSDLiteImport.read(tensors), options)
        }
        let imported = try CheckpointImport.read(
            tensors, as: options.architecture, from: options.origin, file: options.source)
        if let size = options.size, size.width != size.height || !Model.resolutions.contains(size.width) {
            throw FormatError(
                "an image of \(size.width) × \(size.height); its networks want squares of \(Model.resolutions)")
        }
        let labels = try labels(nil, count: imported.classes, options)
        var model = imported.model(
            labels: labels, resolution: options.size?.width, source: options.source, licence: options.licence)
        if let name = options.name { model.name = name }
        model.head = head(labels, endsWithProbabilities: false, options)
        model.normalization = try options.normalization(over: model.normalization)
        return model
    }

    private static func model(_ network: ImportedNetwork, _ options: ImportOptions) throws -> Model {
        let output = network.graph[network.graph.output]
        let hasClasses = network.classes > 0
        let labels = try labels(network.labels, count: network.classes, options, isDetector: network.isDetector)
        var head = head(labels, endsWithProbabilities: network.endsWithProbabilities, options)
        if !hasClasses || !output.shape.isVector { head = Head(activation: .none) }
        var usual = network.normalization ?? KnownInputs.normalization(of: network)
        if let colours = network.colours { usual.colours = colours }
        let known = try options.normalization(over: usual)
        guard let normalization = known.followed(byScale: network.inputScale, shift: network.inputShift) else {
            throw FormatError("its first operations scale the input to values that are not finite")
        }
        try network.weights.check(for: network.graph)
        return Model(
            name: options.name ?? name(of: options.source), network: .graph(network.graph), labels: labels, head: head,
            normalization: normalization, source: options.source,
            licence: options.licence.isEmpty ? network.licence ?? "" : options.licence, weights: network.weights)
    }

    /// Returns a file's name without its extension.
    private static func name(of source: String) -> String {
        let stem = source.split(separator: ".").dropLast().joined(separator: ".")
        return stem.isEmpty ? "imported" : stem
    }

    /// Returns the labels of the options, those of the file, or those of ImageNet if the number of classes is that of
    /// ImageNet. Those of a detector may have one more, of the background.
    private static func labels(
        _ found: [String]?, count: Int, _ options: ImportOptions, isDetector: Bool = false
    ) throws -> Labels {
        if count == 0 { return Labels(names: []) }
        if let file = options.labelsFile { return try .read(file, count: count, allowsBackground: isDetector) }
        if let labels = options.labels {
            guard labels.count == count else {
                throw FormatError(
                    "\(labels.count) labels, but the network has \(count) classes; one line a class is wanted")
            }
            return Labels(names: labels)
        }
        if let found = found.map({ Labels(names: $0) }) {
            let fitting = isDetector ? found.withoutBackground(ofClasses: count) : found
            if fitting.names.count == count { return fitting }
        }
        let imageNet = Labels.imageNet.names
        if count == imageNet.count { return .imageNet }
        if count == imageNet.count + 1 { return Labels(names: ["background"] + imageNet) }
        throw ImportOptionMissing("the network has \(count) classes; --labels FILE says what they are, one a line")
    }

    private static func head(_ labels: Labels, endsWithProbabilities: Bool, _ options: ImportOptions) -> Head {
        let first = labels.names.first?.lowercased()
        return Head(
            activation: options.activation ?? (endsWithProbabilities ? .none : .softmax),
            hasBackground: options.hasBackground ?? (first == "background" && labels.names.count > 2))
    }
}
