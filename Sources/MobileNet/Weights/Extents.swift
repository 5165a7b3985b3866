/// Arithmetic on extents and places that a file gives: none of it can overflow.
enum Extents {
    /// The product of extents: how many numbers a tensor has. `nil` if an extent is negative or the product does not
    /// fit. Where one is zero there are none, whatever the others are.
    static func count(_ shape: some Collection<Int>) -> Int? {
        guard shape.allSatisfy({ $0 >= 0 }) else { return nil }
        if shape.contains(0) { return 0 }
        var count = 1
        for extent in shape {
            let (product, overflows) = count.multipliedReportingOverflow(by: extent)
            if overflows { return nil }
            count = product
        }
        return count
    }

    /// The place that an axis means, of which negative ones count from the end; `nil` if there is none.
    static func place(_ axis: Int, among count: Int) -> Int? {
        let place = axis < 0 ? axis + count : axis
        return (0..<count).contains(place) ? place : nil
    }
}
