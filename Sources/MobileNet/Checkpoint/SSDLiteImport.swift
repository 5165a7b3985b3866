/// Importer of state dicts of torchvision's `ssdlite320_mobilenet_v3_large`.
enum SSDLiteImport {
    /// Projection of the first block of the tail, whose outputs tell how wide the tail is.
    private static let tail = "backbone.features.1.0.3.0.weight"
    /// Class scores of the first feature map.
    private static let scores = "head.classification_head.module_list.0.1.weight"

    /// Whether tensors have the names of this network.
    static func recognizes(_ tensors: CheckpointTensors) -> Bool {
        tensors.shapes[tail] != nil && tensors.shapes[scores] != nil
    }

    /// Imports a state dict.
    ///
    /// - Throws: ``WeightsError`` if a tensor is missing or has another shape, ``FormatError`` if one is left over.
    static func read(_ tensors: CheckpointTensors) throws -> ImportedNetwork {
        do {
            return try network(tensors)
        } catch let error as FormatError {
            throw error.within("as ssdlite320_mobilenet_v3_large")
        } catch {
            throw FormatError("as ssdlite320_mobilenet_v3_large: \(error)")
        }
    }

    private static func network(_ tensors: CheckpointTensors) throws -> ImportedNetwork {
        let columns = tensors.shapes[scores]?.first ?? 0
        guard let channels = tensors.shapes[tail]?.first, (8...4096).contains(channels),
            columns.isMultiple(of: SSDLite.anchorsPerPixel), (2...4096).contains(columns / SSDLite.anchorsPerPixel)
        else { throw FormatError("its last blocks or its heads have an impossible number of channels") }
        // The first class is the background.
        let classes = columns / SSDLite.anchorsPerPixel - 1
        let graph = try SSDLite(tail: channels, classes: classes).graph()
        let anchors = Weights(["detections.anchors": SSDLite.anchors])
        let weights = try tensors.weights(of: graph, besides: anchors)
        return ImportedNetwork(
            graph: graph, weights: weights, labels: classes == Labels.coco.names.count ? Labels.coco.names : nil,
            normalization: .symmetric, producer: "torchvision")
    }
}

extension CheckpointTensors {
    /// Reads the weights of a graph whose parameters have the names of the tensors.
    ///
    /// - Parameter others: parameters that the checkpoint does not have.
    /// - Throws: ``WeightsError`` if a tensor is missing or has another shape, ``FormatError`` if one is left over.
    fileprivate func weights(of graph: Graph, besides others: Weights) throws -> Weights {
        var weights = others
        var unused = Set(shapes.keys)
        for parameter in graph.parameters where others[parameter.name] == nil {
            weights[parameter.name] = try tensor(parameter, named: parameter.name)
            unused.remove(parameter.name)
        }
        if let extra = unused.min() {
            throw FormatError("the tensor \"\(shortened(extra))\" has no place in the network")
        }
        try weights.check(for: graph)
        return weights
    }

    /// Reads the tensor of a parameter.
    ///
    /// - Throws: ``WeightsError`` if it is missing, has another shape, or values that are not finite.
    func tensor(_ parameter: Parameter, named name: String) throws -> Tensor {
        guard let shape = shapes[name] else { throw WeightsError.missing(name) }
        guard
            CheckpointRecognition.withoutTrailingOnes(shape)
                == CheckpointRecognition.withoutTrailingOnes(parameter.shape)
        else { throw WeightsError.shape(name, expected: parameter.shape, found: shape) }
        guard let tensor = try read(name) else { throw WeightsError.missing(name) }
        guard tensor.isFinite else { throw WeightsError.notFinite(name) }
        return Tensor(shape: parameter.shape, values: tensor.values)
    }
}
