/// Tells a change of the light from a change of the content, by the structure of small blocks.
///
/// Surfaces reflect a constant fraction of the light. If only the light changes, the levels x of a small block become
/// a x + b, where a depends on the incident light and the exposure, and b on scattered light and the black level. Each
/// block has its own a and b, so a lamp may light a region only, and a tone curve is nearly linear within a block. The
/// residual after fitting a and b is noise. An object in front of the background has a different structure, or none.
///
/// This is the shading model of Skifstad and Jain, "Illumination independent change detection for real world image
/// sequences", CVGIP 46(3), 1989, with a test of the residual in place of one of ratios. Li and Leung, "Integrating
/// intensity and texture differences for robust change detection", IEEE Transactions on Image Processing 11(2), 2002,
/// also rely on light preserving texture.
///
/// The test returns light only on evidence. Blocks with too little structure count as content, which costs a few
/// samples; content that counted as light would be missed.
struct LightTest: Sendable {
    /// Cells along the edge of a block: the smallest size whose structure can be measured.
    private static let side = 4
    /// Signal-to-noise ratio, in variances, from which a block has structure. There the standard error of its contrast
    /// is an eighth, 1/√(16 × 4).
    private static let structure = 4.0
    /// Factors by which light may change the contrast of a block relative to its mean. A gain does not change it, a tone
    /// curve with the exponent γ changes it by γ, and scattered light lowers it. A flat object has no contrast.
    private static let contrast = 0.4...2.5
    /// Residual variance that light may leave, as a multiple of the noise.
    private static let noiseFactor = 2.0
    /// Residual variance that light may leave, as a fraction of the block's variance: it corresponds to a correlation of
    /// 0.9. Blocks of other content are often slopes. The correlation of two slopes of random directions is the cosine
    /// between them, which reaches 0.9 in one case of seven.
    private static let unexplained = 0.19
    /// Fraction of the blocks that must have the same structure. With one of seven by chance, five of six blocks match
    /// in one of two thousand changes of content. Moving shadows and saturated regions may be the rest.
    private static let most = 0.75
    /// Fewest blocks for a decision.
    private static let fewestBlocks = 6
    /// Least variance of the noise, from rounding and compression, in squared levels.
    private static let leastNoise = 1.0
    /// Levels that are not clipped. Nearly black or white cells show no structure.
    private static let unclipped: ClosedRange<Float> = 5...250

    /// Counts of changed blocks.
    private struct Tally {
        /// Blocks with the same structure as before.
        var same = 0
        /// Those of them that are brighter.
        var sameAndBrighter = 0
        /// Blocks with structure before or now, but not the same.
        var other = 0
        /// Brighter blocks without structure.
        var flatAndBrighter = 0
        /// Darker blocks without structure.
        var flatAndDarker = 0
    }

    /// Whether changed cells differ because of the light.
    ///
    /// - Parameters:
    ///   - levels: levels of the frame's cells.
    ///   - background: background model of the scene.
    ///   - visible: whether each cell is outside of all masks.
    ///   - marks: 1 for changed cells.
    ///   - layout: layout of the cells.
    static func isLight(
        _ levels: [Float], background: Background, visible: [Bool], marks: [UInt8], layout: LumaGrid.Layout
    ) -> Bool {
        var tally = Tally()
        let (rows, columns) = (max(1, layout.rows / side), max(1, layout.columns / side))
        for row in 0..<rows {
            for column in 0..<columns {
                var block = Block()
                for cellRow in row * layout.rows / rows..<(row + 1) * layout.rows / rows {
                    for cellColumn in column * layout.columns / columns..<(column + 1) * layout.columns / columns {
                        let cell = cellRow * layout.columns + cellColumn
                        guard visible[cell] else { continue }
                        block.add(
                            before: background.mean[cell], now: levels[cell], noise: background.variance[cell],
                            differs: marks[cell] != 0)
                    }
                }
                count(block, &tally)
            }
        }
        return isLight(tally)
    }

    private static func count(_ block: Block, _ tally: inout Tally) {
        guard 2 * block.cells >= side * side, 2 * block.changed >= block.cells else { return }
        // Clipped blocks may hide any content.
        guard 2 * block.told >= block.cells else { return tally.other += 1 }
        let noise = max(block.noise, leastNoise)
        let gain = block.gain
        // Structure that the new light reduces below the noise cannot be compared.
        let hadStructure = block.varianceBefore * min(1, gain * gain) >= structure * noise
        let hasStructure = block.varianceNow >= structure * noise
        if !hadStructure, !hasStructure {
            if block.isBrighter { tally.flatAndBrighter += 1 } else { tally.flatAndDarker += 1 }
        } else if hadStructure, isExplained(block, gain: gain, noise: noise) {
            tally.same += 1
            if block.isBrighter { tally.sameAndBrighter += 1 }
        } else {
            tally.other += 1
        }
    }

    /// Whether a block's levels are a x + b up to noise, with an a that light can cause.
    private static func isExplained(_ block: Block, gain: Double, noise: Double) -> Bool {
        let slope = block.slope
        guard contrast.contains(slope / gain) else { return false }
        let rest = block.varianceNow - slope * slope * block.varianceBefore
        return rest <= max(noiseFactor * noise, unexplained * block.varianceNow)
    }

    private static func isLight(_ tally: Tally) -> Bool {
        // Automatic exposure brightens the background when a dark object appears, and the reverse. So a flat block that
        // changes against the others is an object.
        let isBrighter = 2 * tally.sameAndBrighter > tally.same
        let against = isBrighter ? tally.flatAndDarker : tally.flatAndBrighter
        let blocks = tally.same + tally.other + against
        return blocks >= fewestBlocks && Double(tally.same) >= most * Double(blocks)
    }
}

extension LightTest {
    /// Sums over the cells of a block.
    private struct Block {
        private(set) var cells = 0
        private(set) var changed = 0
        /// Number of cells that are not clipped. The sums are over these.
        private(set) var told = 0
        private var noiseSum = 0.0
        // Sums of the old and new levels, of their squares and of their products.
        private var before = 0.0
        private var now = 0.0
        private var beforeSquared = 0.0
        private var nowSquared = 0.0
        private var product = 0.0

        mutating func add(before: Float, now: Float, noise: Float, differs: Bool) {
            cells += 1
            if differs { changed += 1 }
            guard unclipped.contains(before), unclipped.contains(now) else { return }
            let (before, now) = (Double(before), Double(now))
            told += 1
            noiseSum += Double(noise)
            self.before += before
            self.now += now
            beforeSquared += before * before
            nowSquared += now * now
            product += before * now
        }

        var isBrighter: Bool { now > before }
        var noise: Double { noiseSum / Double(told) }
        var varianceBefore: Double { (beforeSquared - before * before / Double(told)) / Double(told) }
        var varianceNow: Double { (nowSquared - now * now / Double(told)) / Double(told) }

        /// Ratio of the means.
        var gain: Double { now / before }

        /// Coefficient a of the least-squares fit of the new levels to a x + b, with the old levels x.
        var slope: Double { (product - before * now / Double(told)) / Double(told) / varianceBefore }
    }
}
