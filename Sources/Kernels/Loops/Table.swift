import KernelInterface

/// This instruction set's kernels.
public func kernelTable() -> KernelTable {
    KernelTable(
        lanes: Vector.scalarCount, convolutionPanel: PanelRow.columns, densePanel: DenseRow.columns,
        convolution: convolution, depthwise: depthwise, dense: dense,
        mean: mean, pool: pool, elementwise: elementwise, image: image)
}
