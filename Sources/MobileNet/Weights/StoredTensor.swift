import Basics

/// A tensor as a file describes it: a part of a stretch of bytes.
struct StoredTensor: Equatable {
    var type: ElementType
    var shape: [Int]
    /// For each dimension, how many numbers lie between neighbours.
    var strides: [Int]
    /// The first number, counted from the start of the storage.
    var offset: Int

    /// More dimensions than any layer's weights have.
    static let mostDimensions = 8

    /// A tensor that lies in one piece, row by row.
    init(type: ElementType, shape: [Int]) {
        self.init(type: type, shape: shape, strides: Self.contiguousStrides(shape), offset: 0)
    }

    init(type: ElementType, shape: [Int], strides: [Int], offset: Int) {
        self.type = type
        self.shape = shape
        self.strides = strides
        self.offset = offset
    }

    /// The numbers, read from a storage.
    ///
    /// - Throws: ``FormatError`` if the shape is impossible or reaches past the storage.
    func read(from bytes: [UInt8], in storage: Range<Int>) throws(FormatError) -> Tensor {
        let count = try checkedCount(storageSize: storage.count)
        guard count > 0 else { return Tensor(shape: shape, values: []) }
        try Memory.check(count * MemoryLayout<Float>.size)
        return bytes.withUnsafeBytes { raw in
            let bytes = UnsafeRawBufferPointer(rebasing: raw[storage])
            var walk = StridedWalk(shape: shape, strides: strides, start: offset)
            let isContiguous = walk.isContiguous
            let values = type.decode(bytes, count: count) { isContiguous ? offset + $0 : walk.next() }
            return Tensor(shape: shape, values: values)
        }
    }

    /// How many numbers there are, if all of them lie in the storage.
    func checkedCount(storageSize: Int) throws(FormatError) -> Int {
        guard shape.count <= Self.mostDimensions, strides.count <= Self.mostDimensions else {
            throw Self.tooManyDimensions
        }
        guard shape.count == strides.count, offset >= 0,
            shape.allSatisfy({ $0 >= 0 }), strides.allSatisfy({ $0 >= 0 })
        else { throw FormatError("a tensor of the shape \(shape) with the strides \(strides) is impossible") }
        var count = 1
        var last = offset
        for (extent, stride) in zip(shape, strides) {
            let (product, tooMany) = count.multipliedReportingOverflow(by: extent)
            let (reach, tooFar) = max(extent - 1, 0).multipliedReportingOverflow(by: stride)
            let (sum, beyond) = last.addingReportingOverflow(reach)
            guard !tooMany, !tooFar, !beyond else { throw FormatError("a tensor of the shape \(shape) is too large") }
            count = product
            last = sum
        }
        let capacity = storageSize / type.size
        guard count == 0 || last < capacity else { throw reachesPastEnd(capacity) }
        // Strides of zero could make much of little: a file holds every number that it speaks of.
        guard offset <= capacity else { throw reachesPastEnd(capacity) }
        guard count <= capacity else { throw FormatError("a tensor of the shape \(shape) uses numbers more than once") }
        return count
    }

    static let tooManyDimensions = FormatError("a tensor of more than \(mostDimensions) dimensions")

    private func reachesPastEnd(_ capacity: Int) -> FormatError {
        FormatError("a tensor of the shape \(shape) reaches past the \(capacity) numbers that the file holds for it")
    }

    private static func contiguousStrides(_ shape: [Int]) -> [Int] {
        var strides = [Int](repeating: 1, count: shape.count)
        for index in shape.indices.dropLast().reversed() {
            strides[index] = strides[index + 1].multipliedReportingOverflow(by: max(shape[index + 1], 1)).partialValue
        }
        return strides
    }
}
