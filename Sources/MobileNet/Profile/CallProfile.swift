import Basics

/// Measured time of a kernel call of a ``Session``, and its work.
public struct CallProfile: Sendable {
    /// Name of the layer in the graph. A layer may need several calls.
    public let layer: String
    /// Kernel that ran, with its size and stride, such as `depthwise 3×3/2`.
    public let kernel: String
    /// Shape of the input.
    public let input: Shape
    /// Shape of the output.
    public let output: Shape
    /// Multiply-adds; 0 for a call that only moves values.
    public let multiplyAdds: Int
    /// Bytes of all inputs, outputs and weights, each counted once.
    public let bytes: Int
    /// Median time, in nanoseconds.
    public internal(set) var nanoseconds = 0

    /// - Parameters:
    ///   - kernel: the name of the kernel.
    ///   - cost: the work of the layer, if this call does it; `nil` for a call that prepares it.
    ///   - layer: the layer that the call belongs to.
    init(_ kernel: String, cost: LayerCost?, layer: LayerCost) {
        self.layer = layer.name
        self.kernel = cost?.geometry.map { "\(kernel) \($0.title)" } ?? kernel
        input = layer.input
        output = layer.output
        multiplyAdds = cost?.multiplyAdds ?? 0
        bytes = cost?.bytes ?? 0
    }
}

extension KernelGeometry {
    /// Size and stride, such as `3×3` or `3×3/2`.
    fileprivate var title: String {
        let stride =
            verticalStride == horizontalStride
            ? (verticalStride == 1 ? "" : "/\(verticalStride)") : "/\(verticalStride)×\(horizontalStride)"
        return "\(height)×\(width)\(stride)"
    }
}

extension Session {
    /// Runs the network several times on the input loaded last, on one thread, and measures each kernel call.
    ///
    /// The calls of a kernel for one layer count as one: a layer may be computed in several strips or panels.
    ///
    /// - Parameter runs: the number of runs; at least 1. One more precedes them.
    /// - Returns: the calls in the order in which they run.
    public func profile(runs: Int) -> [CallProfile] {
        switch engine {
        case .float(let session): session.profile(runs: runs)
        case .integer(let session): session.profile(runs: runs)
        }
    }
}

extension Program {
    /// Runs all calls several times on the calling thread, and measures them.
    ///
    /// - Parameters:
    ///   - costs: the work of each step.
    ///   - title: returns the name of a call's kernel, and whether it does the work of its layer.
    ///   - run: runs a call.
    func profile(
        runs: Int, costs: [StepCost], title: (KernelCall) -> (name: String, isMain: Bool), run: (KernelCall) -> Void
    ) -> [CallProfile] {
        let calls = firstCalls
        var profiles: [CallProfile] = []
        var places: [String: Int] = [:]
        let owners = zip(calls, stepOfCall).map { call, step in
            let (name, isMain) = title(call)
            return places.place(of: "\(step) \(name)") {
                // The last step of a network that reads no vector arranges the output.
                guard let cost = costs.indices.contains(step) ? costs[step] : costs.last else { return }
                let layer = name == "convolution" ? cost.expansion ?? cost.layer : cost.layer
                profiles.append(CallProfile(name, cost: isMain ? layer : nil, layer: layer))
            }
        }
        self.run(run)
        var times = [[Int]](repeating: [], count: profiles.count)
        for _ in 0..<max(runs, 1) {
            for index in times.indices { times[index].append(0) }
            for (call, owner) in zip(calls, owners) {
                let start = MonotonicClock.nanoseconds
                run(call)
                times[owner][times[owner].count - 1] += MonotonicClock.nanoseconds - start
            }
        }
        return zip(profiles, times).map { profile, times in
            var profile = profile
            profile.nanoseconds = times.sorted()[times.count / 2]
            return profile
        }
    }
}

extension [String: Int] {
    /// Returns the number of a key, in the order in which the keys came.
    fileprivate mutating func place(of key: String, whenNew: () -> Void) -> Int {
        if let place = self[key] { return place }
        self[key] = count
        whenNew()
        return count - 1
    }
}
