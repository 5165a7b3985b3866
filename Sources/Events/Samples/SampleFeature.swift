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

    /// Returns a box. Allocates nothing: a search reads millions of them.
    ///
    /// - Parameter value: returns left edge, upper edge, width and height, by their places from 0 on, in steps.
    static func box<Failure: Error>(_ value: (Int) throws(Failure) -> UInt16) throws(Failure) -> BoundingBox {
        BoundingBox(
            x: Double(try value(0)) / steps, y: Double(try value(1)) / steps, width: Double(try value(2)) / steps,
            height: Double(try value(3)) / steps)
    }

    private static func rounded(_ box: BoundingBox) -> BoundingBox {
        let values = steps(box.clampedToFrame)
        return self.box { values[$0] }
    }
}
