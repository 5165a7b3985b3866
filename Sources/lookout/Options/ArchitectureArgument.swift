import ArgumentParser
import Basics
import Events
import MobileNet

extension Architecture {
    /// Names of all families, for help texts.
    static var choices: String { allCases.map(\.rawValue).joined(separator: ", ") }

    /// Parses an argument.
    ///
    /// - Throws: `ValidationError` with the nearest name, and all names.
    static func argument(_ name: String) throws -> Architecture {
        guard let architecture = Architecture(rawValue: name) else { throw ValidationError(unknown(name)) }
        return architecture
    }

    /// Returns the error message for an unknown name.
    static func unknown(_ name: String) -> String {
        let (stem, width) = split(name)
        if let family = Family(rawValue: stem), let width {
            return family.widths.contains(0.5)
                ? "\(stem) has a width multiplier from \(family.widths.lowerBound) to \(family.widths.upperBound), not \(width)"
                : "\(stem) has no width multiplier"
        }
        let names = Family.allCases.map(\.rawValue)
        let nearest = nearestNames(to: stem, among: Set(names), limit: 1).first
        let hint = nearest.map { "; did you mean \($0)\(width.map { "-\($0)" } ?? "")?" } ?? "."
        return "there is no architecture \(printable(name))\(hint) There are: \(choices); "
            + "MobileNets also with a width multiplier, as mobilenet-v2-0.35"
    }

    /// Normalizes a name, and splits off the width multiplier at its end.
    private static func split(_ name: String) -> (stem: String, width: String?) {
        let name = name.lowercased().split(separator: "_", omittingEmptySubsequences: false).joined(separator: "-")
        guard let dash = name.lastIndex(of: "-"), Double(name[name.index(after: dash)...]) != nil else {
            return (name, nil)
        }
        return (String(name[..<dash]), String(name[name.index(after: dash)...]))
    }
}

extension CheckpointOrigin: ExpressibleByArgument {}
