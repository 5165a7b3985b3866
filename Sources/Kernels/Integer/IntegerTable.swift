import KernelInterface

/// This instruction set's kernels for quantised networks.
public func integerKernelTable() -> IntegerKernelTable {
    IntegerKernelTable(
        lanes: Sums.scalarCount, panel: IntegerPanel.blocks, depthwisePhases: DepthwiseShared.phases,
        group: Group.count, weightBytes: Group.widens ? 2 : 1, tileRows: IntegerTallTile<IntegerPanel>.rows,
        convolution: integerConvolution, depthwise: integerDepthwise, elementwise: integerElementwise,
        lookup: lookup, sum: integerSum)
}
