import Basics

/// Feature vector of an image: the input of a classifier's last layer, as a unit vector of 8-bit numbers.
package struct SampleFeature: Equatable, Sendable {
    /// Place of the image in normalized coordinates, in steps of 1/65535; `nil` for the whole frame.
    package let box: BoundingBox?
    /// Components. A unit vector has these, multiplied by ``scale``.
    package let values: [Int8]
    /// 1 divided by the length of ``values``; 0 for a vector of zeros.
    package let scale: Float

    /// Creates a feature vector from the output of a layer.
    ///
    /// - Parameters:
    ///   - box: place of the image; `nil` for the whole frame.
    ///   - vector: components of any scale. If one is not finite, the result is a vector of zeros.
    package init(box: BoundingBox?, vector: [Float]) {
        // A network of random weights may give anything.
        let isFinite = vector.allSatisfy(\.isFinite)
        let largest = isFinite ? vector.reduce(0) { max($0, abs($1)) } : 0
        let values = vector.map { largest > 0 ? Int8(($0 / largest * Float(Int8.max)).rounded()) : 0 }
        self.init(box: box.map(Self.rounded), values: values)
    }

    init(box: BoundingBox?, values: [Int8]) {
        self.box = box
        self.values = values
        let square = values.reduce(0) { $0 + Int($1) * Int($1) }
        scale = square > 0 ? 1 / Float(square).squareRoot() : 0
    }

    // MARK: - Boxes

    /// Number of steps of a coordinate.
    private static let steps = Double(UInt16.max)

    /// Returns left edge, upper edge, width and height in steps.
    static func steps(_ box: BoundingBox) -> [UInt16] {
        [box.x, box.y, box.width, box.height].map { UInt16((min(max(0, $0), 1) * steps).rounded()) }
    }

    /// - Parameter values: left edge, upper edge, width and height in steps.
    static func box(_ values: [UInt16]) -> BoundingBox {
        let numbers = values.map { Double($0) / steps }
        return BoundingBox(x: numbers[0], y: numbers[1], width: numbers[2], height: numbers[3])
    }

    private static func rounded(_ box: BoundingBox) -> BoundingBox { self.box(steps(box.clampedToFrame)) }
}
