import KernelInterface
import Kernels
import Testing

@Suite(.timeLimit(.minutes(10))) struct InstructionSetTests {
    @Test func everyMachineRunsThePortableOne() {
        #expect(InstructionSet.portable.isSupported)
        #expect(InstructionSet.best.isSupported)
    }

    @Test func withoutAWishTheBestIsTaken() throws {
        #expect(try InstructionSet.selected(by: nil) == .best)
        #expect(try InstructionSet.selected(by: "") == .best)
    }

    @Test func aLowerOneCanBeWishedFor() throws {
        #expect(try InstructionSet.selected(by: "portable") == .portable)
    }

    @Test func anUnknownNameIsReportedWithTheKnownOnes() {
        let error = #expect(throws: InstructionSetError.self) { try InstructionSet.selected(by: "sse9") }
        #expect(
            error?.description
                == "LOOKOUT_ISA=sse9: unknown instruction set; it is one of portable, avx2, avx512, avx512vnni")
    }

    @Test func vectorsAreAsWideAsTheRegisters() {
        let lanes: [InstructionSet: Int] = [.portable: 4, .avx2: 8, .avx512: 16, .avx512vnni: 16]
        for set in InstructionSet.allCases where set.isSupported {
            #expect(KernelTable.kernels(for: set).lanes == lanes[set])
            #expect(IntegerKernelTable.kernels(for: set).lanes == lanes[set])
            #expect(IntegerKernelTable.kernels(for: set).group == (set == .avx512vnni ? 4 : 2))
        }
    }
}
