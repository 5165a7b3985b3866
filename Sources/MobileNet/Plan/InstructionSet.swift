import Kernels

/// The instruction sets for which there are kernels.
public typealias InstructionSet = Kernels.InstructionSet
/// Why an instruction set cannot be used.
public typealias InstructionSetError = Kernels.InstructionSetError
