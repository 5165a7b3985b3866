/// Numbers that are known when a file is read: weights, shapes, and what can be computed of them.
struct OnnxConstant {
    enum Values {
        case reals([Float])
        case integers([Int])
        /// Whole numbers of at most 16 bits, as the weights of quantized networks are: many, so they are kept small.
        case small([Int16])
    }

    /// The whole numbers that reals were made of, and how.
    struct Source {
        var integers: Values
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

    var count: Int { values.count }

    /// Bytes of memory that its numbers take.
    var byteCount: Int { values.byteCount }

    /// As real numbers, whatever they are.
    var reals: [Float] {
        switch values {
        case .reals(let values): values
        case .integers(let values): values.map { Float($0) }
        case .small(let values): values.map { Float($0) }
        }
    }

    /// As whole numbers, cut off; `nil` if one is too large for that.
    var integers: [Int]? {
        switch values {
        case .integers(let values): return values
        case .small(let values): return values.map { Int($0) }
        case .reals(let values):
            guard values.allSatisfy({ abs($0) < 1e18 }) else { return nil }
            return values.map { Int($0) }
        }
    }

    /// As whole numbers, if they are; `nil` of reals.
    var wholeNumbers: [Int]? { if case .reals = values { nil } else { integers } }

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

    /// The same numbers with their dimensions in another order.
    func transposed(_ order: [Int]) throws(FormatError) -> OnnxConstant {
        var result = self
        (result.shape, result.values) = try values.transposed(shape, order)
        if let source { result.source?.integers = try source.integers.transposed(shape, order).values }
        return result
    }

    /// Some of the numbers, by their places.
    func picked(_ places: [Int], shape: [Int]) -> OnnxConstant {
        var result = self
        result.shape = shape
        result.values = values.picked(places)
        if let source { result.source?.integers = source.integers.picked(places) }
        return result
    }
}

extension OnnxConstant.Values {
    var count: Int {
        switch self {
        case .reals(let values): values.count
        case .integers(let values): values.count
        case .small(let values): values.count
        }
    }

    /// Bytes of memory that they take.
    var byteCount: Int {
        switch self {
        case .reals(let values): values.count * MemoryLayout<Float>.size
        case .integers(let values): values.count * MemoryLayout<Int>.size
        case .small(let values): values.count * MemoryLayout<Int16>.size
        }
    }

    /// A whole number; of reals, zero.
    subscript(integer index: Int) -> Int {
        switch self {
        case .reals: 0
        case .integers(let values): values[index]
        case .small(let values): Int(values[index])
        }
    }

    fileprivate func picked(_ places: [Int]) -> Self {
        switch self {
        case .reals(let values): .reals(places.map { values[$0] })
        case .integers(let values): .integers(places.map { values[$0] })
        case .small(let values): .small(places.map { values[$0] })
        }
    }

    fileprivate func transposed(_ shape: [Int], _ order: [Int]) throws(FormatError) -> (shape: [Int], values: Self) {
        switch self {
        case .reals(let values):
            let (shape, values) = try Transposition.apply(values, shape, order)
            return (shape, .reals(values))
        case .integers(let values):
            let (shape, values) = try Transposition.apply(values, shape, order)
            return (shape, .integers(values))
        case .small(let values):
            let (shape, values) = try Transposition.apply(values, shape, order)
            return (shape, .small(values))
        }
    }
}
