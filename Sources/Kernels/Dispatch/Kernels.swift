import KernelInterface
import KernelsPortable

#if arch(x86_64)
    import KernelsAVX2
    import KernelsAVX512
    import KernelsAVX512VNNI
#endif

extension KernelTable {
    /// Returns the kernels of an instruction set.
    ///
    /// - Precondition: ``InstructionSet/isSupported``. On another CPU, a call of a kernel ends the process (SIGILL).
    public static func kernels(for instructionSet: InstructionSet) -> KernelTable {
        #if arch(x86_64)
            switch instructionSet {
            case .portable: KernelsPortable.kernelTable()
            case .avx2: KernelsAVX2.kernelTable()
            case .avx512, .avx512vnni: KernelsAVX512.kernelTable()
            }
        #else
            KernelsPortable.kernelTable()
        #endif
    }
}

extension IntegerKernelTable {
    /// Returns the kernels of an instruction set for quantized models.
    ///
    /// - Precondition: ``InstructionSet/isSupported``. On another CPU, a call of a kernel ends the process (SIGILL).
    public static func kernels(for instructionSet: InstructionSet) -> IntegerKernelTable {
        #if arch(x86_64)
            switch instructionSet {
            case .portable: KernelsPortable.integerKernelTable()
            case .avx2: KernelsAVX2.integerKernelTable()
            case .avx512: KernelsAVX512.integerKernelTable()
            case .avx512vnni: KernelsAVX512VNNI.integerKernelTable()
            }
        #else
            KernelsPortable.integerKernelTable()
        #endif
    }
}
