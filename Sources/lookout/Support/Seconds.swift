import ArgumentParser
import Service

/// Times on the command line: seconds, or a number and its unit as in the configuration.
enum Seconds {
    /// - Parameter text: as `2`, `0.5`, `500ms`, `10s`, `5m`, `2h` or `1d`.
    /// - Throws: a sentence about what would be right.
    @Sendable static func parse(_ text: String) throws -> Double {
        guard let seconds = Units.number(text) ?? Units.seconds(text) else {
            throw ValidationError("it is a number of seconds, or a number with its unit: 500ms, 10s, 5m, 2h, 1d.")
        }
        return seconds
    }
}
