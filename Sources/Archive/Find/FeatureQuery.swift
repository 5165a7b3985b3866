import Events

/// Example whose likeness to stored feature vectors is asked for.
package struct FeatureQuery: Sendable {
    /// Components, as 16-bit numbers: the factors of a multiplication of 16 bits.
    private let values: [Int16]
    private let scale: Float

    package init(_ feature: SampleFeature) {
        values = feature.values.map(Int16.init)
        scale = feature.scale
    }

    /// Returns the cosine of the angle between the example and a stored vector, -1...1; `nil` if they have other numbers of
    /// components.
    package func likeness(to entry: SampleFeatureReader.Entry) -> Float? {
        guard entry.values.count == values.count, entry.scale.isFinite else { return nil }
        let product = values.withUnsafeBufferPointer { Self.dot($0, entry.values) }
        return Float(product) * scale * entry.scale
    }

    /// Returns the sum of the products, which are exact: 2¹⁶ products of 8-bit numbers fit into 32 bits.
    private static func dot(_ first: UnsafeBufferPointer<Int16>, _ second: UnsafeBufferPointer<Int8>) -> Int {
        typealias Wide = SIMD16<Int32>
        guard let first = first.baseAddress, let other = second.baseAddress else { return 0 }
        let (left, right) = (UnsafeRawPointer(first), UnsafeRawPointer(other))
        let count = second.count
        let step = Wide.scalarCount
        var (total, place) = (0, 0)
        while place < count {
            // A part of at most 2¹⁶ products.
            let end = min(count, place + (1 << 16))
            var sum = Wide.zero
            while place + step <= end {
                let a = left.loadUnaligned(fromByteOffset: 2 * place, as: SIMD16<Int16>.self)
                let b = right.loadUnaligned(fromByteOffset: place, as: SIMD16<Int8>.self)
                sum &+= Wide(truncatingIfNeeded: a) &* Wide(truncatingIfNeeded: b)
                place += step
            }
            while place < end {
                total += Int(first[place]) * Int(other[place])
                place += 1
            }
            total += Int(sum.wrappedSum())
        }
        return total
    }
}
