import Basics

/// Tensor in a file: element type, shape, and strides in a storage of bytes.
struct StoredTensor: Equatable {
    var type: ElementType
    var shape: [Int]
    /// Stride of each dimension, in elements.
    var strides: [Int]
    /// Offset of the first element in the storage, in elements.
    var offset: Int

    /// Maximum number of dimensions. The weights of all layers have fewer.
    static let mostDimensions = 8

    /// Creates a contiguous tensor in row-major order.
    init(type: ElementType, shape: [Int]) {
        self.init(type: type, shape: shape, strides: Self.contiguousStrides(shape), offset: 0)
    }

    init(type: ElementType, shape: [Int], strides: [Int], offset: Int) {
        self.type = type
        self.shape = shape
        self.strides = strides
        self.offset = offset
    }

    /// Reads the elements from a storage, as float32.
    ///
    /// - Throws: ``FormatError`` if the shape is impossible or the elements exceed the storage.
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

    /// Returns the number of elements.
    ///
    /// - Throws: ``FormatError`` if the shape is impossible or the elements exceed the storage.
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
        // With strides of zero, a small file could request much memory. So a file has to hold all elements.
        guard offset <= capacity else { throw reachesPastEnd(capacity) }
        guard count <= capacity else {
            throw FormatError("a tensor of the shape \(shape) uses elements more than once")
        }
        return count
    }

    static let tooManyDimensions = FormatError("a tensor of more than \(mostDimensions) dimensions")

    private func reachesPastEnd(_ capacity: Int) -> FormatError {
        FormatError("a tensor of the shape \(shape) reaches past the \(capacity) elements that the file holds for it")
    }

    private static func contiguousStrides(_ shape: [Int]) -> [Int] {
        var strides = [Int](repeating: 1, count: shape.count)
        for index in shape.indices.dropLast().reversed() {
            strides[index] = strides[index + 1].multipliedReportingOverflow(by: max(shape[index + 1], 1)).partialValue
        }
        return strides
    }
}

/// Iterates over the positions of the elements of a strided tensor in row-major order.
///
/// It keeps a counter for each dimension, so its memory does not depend on the size of the tensor.
struct StridedWalk {
    private var position: Int
    /// Dimensions from the outermost to the innermost, without those of extent 1.
    private var dimensions: [Dimension]

    private struct Dimension {
        var extent: Int
        var stride: Int
        var index = 0
    }

    /// - Parameters:
    ///   - shape: the extents; none is zero.
    ///   - strides: the stride of each dimension, in elements.
    ///   - start: the position of the first element.
    /// - Precondition: the position of every element fits an `Int` (see ``StoredTensor/checkedCount(storageSize:)``).
    init(shape: [Int], strides: [Int], start: Int) {
        position = start
        dimensions = []
        for (extent, stride) in zip(shape, strides) where extent != 1 {
            // Contiguous dimensions are merged.
            if let last = dimensions.last, stride.multipliedReportingOverflow(by: extent) == (last.stride, false) {
                dimensions[dimensions.count - 1] = Dimension(extent: last.extent * extent, stride: stride)
            } else {
                dimensions.append(Dimension(extent: extent, stride: stride))
            }
        }
    }

    /// Whether the elements are contiguous.
    var isContiguous: Bool { dimensions.isEmpty || dimensions.count == 1 && dimensions[0].stride == 1 }

    /// Returns the position of the next element. It may be called once for each element.
    mutating func next() -> Int {
        let result = position
        var at = dimensions.count - 1
        while at >= 0 {
            dimensions[at].index += 1
            if dimensions[at].index < dimensions[at].extent {
                position += dimensions[at].stride
                return result
            }
            position -= dimensions[at].stride * (dimensions[at].extent - 1)
            dimensions[at].index = 0
            at -= 1
        }
        return result
    }
}
