import Kernels

public typealias InstructionSet = Kernels.InstructionSet
public typealias InstructionSetError = Kernels.InstructionSetError
