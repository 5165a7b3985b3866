import Testing

@testable import MobileNet

/// Pseudo-random weights and images, bit for bit those of Scripts/goldens.py, so that no file is needed.
///
/// SplitMix64 (Steele et al., 2014), seeded with the FNV-1a hash of a name.
enum Seeded {
    /// Returns `count` values in [-1, 1).
    static func uniform(_ name: String, count: Int) -> [Float] {
        let seed = name.utf8.reduce(0xCBF2_9CE4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
        return [Float](unsafeUninitializedCapacity: count) { buffer, initialized in
            var state = seed
            for index in 0..<count {
                state &+= 0x9E37_79B9_7F4A_7C15
                var z = state
                z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
                z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
                z ^= z >> 31
                buffer[index] = Float(z >> 40) * 0x1p-23 - 1
            }
            initialized = count
        }
    }

    /// Returns a parameter's tensor. The distribution depends on the last part of its name and its number of
    /// dimensions.
    static func tensor(_ name: String, shape: [Int]) -> Tensor {
        let values = uniform(name, count: shape.reduce(1, *))
        let kind = name.split(separator: ".").last ?? ""
        if kind == "running_var" || (kind == "weight" && shape.count == 1) {
            return Tensor(shape: shape, values: values.map { $0 * 0.25 + 1 })
        }
        if kind == "weight" {
            let fanIn = shape.dropFirst().reduce(1, *)
            let scale = Float((6 / Double(fanIn)).squareRoot())
            return Tensor(shape: shape, values: values.map { $0 * scale })
        }
        return Tensor(shape: shape, values: values.map { $0 * 0.25 })
    }

    /// Returns an image of patches of 32 × 32 pixels, each of one colour, with noise: `[3, resolution, resolution]`.
    static func image(_ name: String, resolution: Int = 224) -> [Float] {
        let across = (resolution + 31) / 32
        let patches = uniform(name + " patches", count: 3 * across * across)
        let noise = uniform(name + " noise", count: 3 * resolution * resolution)
        return noise.indices.map { index in
            let channel = index / (resolution * resolution)
            let row = index / resolution % resolution
            let column = index % resolution
            return 2 * patches[channel * across * across + row / 32 * across + column / 32] + 0.25 * noise[index]
        }
    }

    /// Returns the weights that Scripts/goldens.py gives a network, by the names of an origin.
    static func checkpoint(_ architecture: Architecture, from origin: CheckpointOrigin) throws -> [String: Tensor] {
        let graph = try architecture.graph()
        let names = CheckpointNames(graph, of: architecture.family, from: origin)
        var tensors: [String: Tensor] = [:]
        for node in graph.nodes {
            for parameter in node.parameters {
                let source = try #require(names.source(of: parameter))
                // Inside the networks, PyTorch's programs have fully connected layers as 1×1 convolutions.
                let isConvolution =
                    parameter.shape.count == 2 && node.name != "classifier"
                    && (node.name != "hidden" || origin != .torchvision)
                tensors[source] = tensor(source, shape: parameter.shape + (isConvolution ? [1, 1] : []))
            }
        }
        return tensors
    }

    /// Returns the same weights by the names of ``Graph/parameters``.
    static func weights(_ architecture: Architecture, from origin: CheckpointOrigin) throws -> Weights {
        let graph = try architecture.graph()
        let names = CheckpointNames(graph, of: architecture.family, from: origin)
        let tensors = try checkpoint(architecture, from: origin)
        var weights = Weights()
        for parameter in graph.parameters {
            let source = try #require(names.source(of: parameter))
            weights[parameter.name] = Tensor(shape: parameter.shape, values: tensors[source]?.values ?? [])
        }
        return weights
    }
}
