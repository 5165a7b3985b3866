/// The cells of a picture that differ from the background, summed up; and whether it is a sudden change of the
/// light that makes them differ.
struct Difference: Sendable {
    /// How many cells.
    private(set) var count = 0
    /// How many of them are brighter than before.
    private var brighter = 0
    // Sums over them: of the levels before and now, of their squares and of their products.
    private var before = 0.0
    private var now = 0.0
    private var beforeSquared = 0.0
    private var nowSquared = 0.0
    private var product = 0.0

    /// So much of what is visible changes at once only if the light does, or the whole camera moves.
    private static let mostOfThePicture = 0.6
    /// A lamp may light a part of the picture only.
    private static let aPart = 0.25
    /// The part of the cells that change in the same direction, and the correlation between before and now,
    /// if it is a lamp.
    private static let sameDirection = 0.95
    private static let samePattern = 0.9

    mutating func add(level: Float, mean: Float) {
        count += 1
        if level > mean { brighter += 1 }
        before += Double(mean)
        now += Double(level)
        beforeSquared += Double(mean) * Double(mean)
        nowSquared += Double(level) * Double(level)
        product += Double(mean) * Double(level)
    }

    /// Whether the light changed, and not something in it.
    ///
    /// Either nearly everything differs: the light was switched, or the camera changed between day and
    /// night, when what is bright in colour may be dark in infrared. Or less, but all of it became
    /// brighter, or all darker, and still shows the same pattern: things reflect the same part of more
    /// light. Something that came before the background has another pattern.
    ///
    /// - Parameter visible: the cells that are not masked.
    func isOfLight(visible: Int) -> Bool {
        let share = Double(count) / Double(max(1, visible))
        if share >= Self.mostOfThePicture { return true }
        guard share >= Self.aPart else { return false }
        let direction = Double(max(brighter, count - brighter)) / Double(count)
        return direction >= Self.sameDirection && correlation >= Self.samePattern
    }

    /// Pearson's, between the levels before and now; 0 where there is no pattern.
    private var correlation: Double {
        let count = Double(self.count)
        let varianceBefore = beforeSquared - before * before / count
        let varianceNow = nowSquared - now * now / count
        // A level squared a cell is noise and rounding.
        guard varianceBefore > count, varianceNow > count else { return 0 }
        return (product - before * now / count) / (varianceBefore * varianceNow).squareRoot()
    }
}
