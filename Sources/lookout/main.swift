import MobileNet
for arch in [Architecture.mobileNetV3Large, .mobileNetV3Small, .efficientNetLite0] {
let graph = try arch.graph()
print(arch, graph.learnedParameterCount, graph.multiplyAdds)
var w = Weights()
var g = SystemRandomNumberGenerator()
for p in graph.parameters { w[p.name] = Tensor(shape: p.shape, values: (0..<p.count).map { _ in p.name.hasSuffix("var") ? 1 : Float.random(in: -0.1...0.1, using: &g) }) }
for isa in InstructionSet.allCases {
let plan = try Plan(graph: graph, weights: w, normalization: arch.inputNormalization, instructionSet: isa)
let s = Session(plan: plan)
let c = ContinuousClock()
var ts: [Double] = []
for _ in 0..<(isa == .portable ? 20 : 100) { let d = c.measure { s.run() }; ts.append(Double(d.components.attoseconds)*1e-15) }
ts.sort()
print(isa, "min", ts[0], "median", ts[ts.count/2], "session MB", Double(plan.sessionBytes)/1e6, "const MB", Double(plan.constantBytes)/1e6)
}
}
