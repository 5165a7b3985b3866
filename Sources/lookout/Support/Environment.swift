import FoundationEssentials
import Glibc
import MobileNet
import Service

/// Environment of the process: variables, model folders, credentials, cores.
enum Environment {
    static func variable(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }

    /// Instruction set to use.
    ///
    /// - Throws: ``InstructionSetError``.
    static func instructionSet() throws -> InstructionSet {
        try .selected(by: variable(InstructionSet.environmentVariable))
    }

    /// Limits on the memory and work of a network.
    ///
    /// - Throws: ``PlanLimitsError``.
    static func planLimits() throws -> PlanLimits { try PlanLimits(variable(PlanLimits.environmentVariable)) }

    /// Library of the models that can be used by name.
    static func models() -> ModelLibrary {
        .standard(variable: variable(ModelLibrary.environmentVariable), checkout: checkout())
    }

    /// Folder of the credentials that systemd passes to a service (LoadCredential=).
    static var credentialFolder: String? { variable("CREDENTIALS_DIRECTORY") }

    /// Environment for the validation of a configuration.
    static var ofConfiguration: ConfigurationEnvironment {
        ConfigurationEnvironment(models: models(), credentials: credentialFolder)
    }

    static var coreCount: Int { max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))) }

    /// Root of the checkout that this program was built in: a parent folder with the package's manifest and sources.
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
