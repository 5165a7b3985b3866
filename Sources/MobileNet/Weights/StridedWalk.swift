/// Walks over the numbers of a tensor, row by row, and says where each of them lies.
///
/// It keeps a counter for each dimension and no list of places, so its memory does not depend on the tensor's size.
struct StridedWalk {
    private var place: Int
    /// From the outermost dimension to the innermost; those of a single number are left out.
    private var dimensions: [Dimension]

    private struct Dimension {
        var extent: Int
        var stride: Int
        var index = 0
    }

    /// - Parameters:
    ///   - shape: none of the extents is zero.
    ///   - strides: for each dimension, how many numbers lie between neighbours.
    ///   - start: where the first number lies.
    /// - Precondition: the place of every number fits an `Int` (see ``StoredTensor/checkedCount(storageSize:)``).
    init(shape: [Int], strides: [Int], start: Int) {
        place = start
        dimensions = []
        for (extent, stride) in zip(shape, strides) where extent != 1 {
            // Dimensions that lie in one piece are one.
            if let last = dimensions.last, stride.multipliedReportingOverflow(by: extent) == (last.stride, false) {
                dimensions[dimensions.count - 1] = Dimension(extent: last.extent * extent, stride: stride)
            } else {
                dimensions.append(Dimension(extent: extent, stride: stride))
            }
        }
    }

    /// Whether the numbers lie side by side.
    var isContiguous: Bool { dimensions.isEmpty || dimensions.count == 1 && dimensions[0].stride == 1 }

    /// The place of the next number. It may be asked for once for each of them.
    mutating func next() -> Int {
        let result = place
        var at = dimensions.count - 1
        while at >= 0 {
            dimensions[at].index += 1
            if dimensions[at].index < dimensions[at].extent {
                place += dimensions[at].stride
                return result
            }
            place -= dimensions[at].stride * (dimensions[at].extent - 1)
            dimensions[at].index = 0
            at -= 1
        }
        return result
    }
}
