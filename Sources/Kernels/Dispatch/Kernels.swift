@_exported import KernelInterface
import KernelsPortable

#if arch(x86_64)
    import KernelsAVX2
    import KernelsAVX512
#endif

extension KernelTable {
    /// The kernels of an instruction set.
    ///
    /// - Precondition: ``InstructionSet/isSupported``; calling them on a lesser CPU ends the process.
    public static func kernels(for instructionSet: InstructionSet) -> KernelTable {
        #if arch(x86_64)
            switch instructionSet {
            case .portable: KernelsPortable.kernelTable()
            case .avx2: KernelsAVX2.kernelTable()
            case .avx512: KernelsAVX512.kernelTable()
            }
        #else
            KernelsPortable.kernelTable()
        #endif
    }
}
