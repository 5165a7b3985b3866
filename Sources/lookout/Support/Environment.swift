import FoundationEssentials
import Glibc
import MobileNet
import Service

/// What the program finds around itself.
enum Environment {
    static func variable(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }

    /// The instruction set to use.
    ///
    /// - Throws: ``InstructionSetError``.
    static func instructionSet() throws -> InstructionSet {
        try .selected(by: variable(InstructionSet.environmentVariable))
    }

    /// The most that a network may ask for.
    ///
    /// - Throws: ``PlanLimitsError``.
    static func planLimits() throws -> PlanLimits { try PlanLimits(variable(PlanLimits.environmentVariable)) }

    /// The models that can be named.
    static func models() -> ModelLibrary {
        .standard(variable: variable(ModelLibrary.environmentVariable), checkout: checkout())
    }

    /// Where systemd puts what it passes to a service in confidence.
    static var credentialFolder: String? { variable("CREDENTIALS_DIRECTORY") }

    /// What a configuration is compared with.
    static var ofConfiguration: ConfigurationEnvironment {
        ConfigurationEnvironment(models: models(), credentials: credentialFolder)
    }

    static var coreCount: Int { max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))) }

    /// The top of the checkout that this program was built in: a folder above it that has the package's
    /// manifest and its sources.
    private static func checkout() -> String? {
        guard let program = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe") else {
            return nil
        }
        var folder = program[...]
        while let slash = folder.lastIndex(of: "/"), slash > folder.startIndex {
            folder = folder[..<slash]
            let isCheckout = ["/Package.swift", "/Sources/lookout"].allSatisfy {
                FileManager.default.fileExists(atPath: folder + $0)
            }
            if isCheckout { return String(folder) }
        }
        return nil
    }
}
