/// Numbers that are known when a file is read: weights, shapes, and what can be computed of them.
struct OnnxConstant {
    enum Values {
        case reals([Float])
        case integers([Int])
    }

    /// The whole numbers that reals were made of, and how.
    struct Source {
        var integers: [Int]
        var isSigned: Bool
        /// One for all, or one for each output channel.
        var scales: [Float]
        var zeroPoint: Int
    }

    var shape: [Int]
    var values: Values
    /// Whether bytes go from −128 to 127.
    var isSigned = true
    /// Where the reals came from, if they were bytes.
    var source: Source?

    var count: Int {
        switch values {
        case .reals(let values): values.count
        case .integers(let values): values.count
        }
    }

    /// As real numbers, whatever they are.
    var reals: [Float] {
        switch values {
        case .reals(let values): values
        case .integers(let values): values.map { Float($0) }
        }
    }

    /// As whole numbers, cut off; `nil` if one is too large for that.
    var integers: [Int]? {
        switch values {
        case .integers(let values): return values
        case .reals(let values):
            guard values.allSatisfy({ abs($0) < 1e18 }) else { return nil }
            return values.map { Int($0) }
        }
    }

    var tensor: Tensor { Tensor(shape: shape, values: reals) }

    init(shape: [Int], values: Values, isSigned: Bool = true) {
        self.shape = shape
        self.values = values
        self.isSigned = isSigned
    }

    /// A list of whole numbers.
    init(_ integers: [Int]) { self.init(shape: [integers.count], values: .integers(integers)) }

    /// The same numbers in another shape of as many.
    func reshaped(_ shape: [Int]) -> OnnxConstant {
        var result = self
        result.shape = shape
        return result
    }

    /// Some of the numbers, by their places.
    func picked(_ places: [Int], shape: [Int]) -> OnnxConstant {
        var result = self
        result.shape = shape
        switch values {
        case .reals(let values): result.values = .reals(places.map { values[$0] })
        case .integers(let values): result.values = .integers(places.map { values[$0] })
        }
        if let source { result.source?.integers = places.map { source.integers[$0] } }
        return result
    }
}
