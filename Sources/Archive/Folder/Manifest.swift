import Basics
import GRDB
import Glibc

/// Manifest of a project folder: an SQLite database with a row for each recording.
package final class Manifest: Sendable {
    private let database: any DatabaseWriter
    private let path: String

    private init(_ database: any DatabaseWriter, path: String) { (self.database, self.path) = (database, path) }

    /// Opens a manifest for writing, and creates it if it does not exist.
    ///
    /// - Throws: ``FileError``.
    package static func create(_ path: String) throws(FileError) -> Manifest {
        try wrap(path, .unwritable) {
            var configuration = Configuration()
            configuration.busyMode = .timeout(10)
            configuration.prepareDatabase { try $0.execute(sql: "PRAGMA synchronous = FULL") }
            let queue = try DatabaseQueue(path: path, configuration: configuration)
            try migrator.migrate(queue)
            return Manifest(queue, path: path)
        }
    }

    /// Opens a manifest for reading.
    ///
    /// - Throws: ``FileError``.
    package static func open(_ path: String) throws(FileError) -> Manifest {
        try wrap(path, .malformed) {
            var configuration = Configuration()
            configuration.readonly = true
            configuration.busyMode = .timeout(10)
            let queue = try DatabaseQueue(path: path, configuration: configuration)
            guard try queue.read(migrator.hasCompletedMigrations) else {
                throw FormatError("another version of lookout has written it; analyze into it once with this one")
            }
            return Manifest(queue, path: path)
        }
    }

    private static func wrap<Result>(
        _ path: String, _ kind: FileError.Kind, _ body: () throws -> Result
    ) throws(FileError) -> Result {
        do { return try body() } catch let error as FileError { throw error } catch {
            let reason = (error as? DatabaseError)?.message ?? "\(error)"
            throw FileError(path: path, kind: kind, reason: "the manifest cannot be used: \(reason)")
        }
    }

    private static let migrator: DatabaseMigrator = {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1") { database in
            try database.create(table: "recording") { table in
                table.autoIncrementedPrimaryKey("id")
                table.column("path", .text).notNull().unique()
                table.column("source", .text).notNull()
                table.column("name", .text).notNull().unique()
                table.column("size", .integer).notNull()
                table.column("modified", .integer).notNull()
                table.column("digest", .text).notNull()
                table.column("settings", .text).notNull()
                table.column("state", .text).notNull()
                table.column("message", .text)
                table.column("epoch", .integer)
                table.column("clock", .text)
                table.column("start", .double)
                table.column("length", .double)
                table.column("samples", .integer)
                table.column("events", .integer)
                table.column("corruption", .text)
                table.column("seconds", .double)
                table.column("finished", .integer)
            }
            try database.create(table: "settings") { table in
                table.primaryKey("fingerprint", .text)
                table.column("description", .text).notNull()
            }
        }
        return migrator
    }()

    // MARK: - Rows

    /// Returns the row of a recording; `nil` if there is none.
    ///
    /// - Parameter recording: absolute path of the recording.
    /// - Throws: ``FileError``.
    package func entry(of recording: String) throws(FileError) -> RecordingEntry? {
        try Self.wrap(path, .malformed) {
            try database.read { try RecordingEntry.filter(Column("path") == recording).fetchOne($0) }
        }
    }

    /// Returns all rows, in the order of their paths.
    ///
    /// - Throws: ``FileError``.
    package func entries() throws(FileError) -> [RecordingEntry] {
        try Self.wrap(path, .malformed) {
            try database.read { try RecordingEntry.order(Column("path")).fetchAll($0) }
        }
    }

    /// Adds or replaces the row of a recording.
    ///
    /// - Returns: the row, with its number.
    /// - Throws: ``FileError``.
    @discardableResult
    package func save(_ entry: RecordingEntry) throws(FileError) -> RecordingEntry {
        try Self.wrap(path, .unwritable) { try database.write { try entry.saved($0) } }
    }

    /// Adds settings, by which rows refer to them.
    ///
    /// - Throws: ``FileError``.
    package func save(_ settings: ArchiveSettings) throws(FileError) {
        try Self.wrap(path, .unwritable) {
            try database.write { database in
                try database.execute(
                    sql: "INSERT OR REPLACE INTO settings (fingerprint, description) VALUES (?, ?)",
                    arguments: [settings.fingerprint, settings.description])
            }
        }
    }

    /// Returns the description of settings; `nil` if there are none with the fingerprint.
    ///
    /// - Throws: ``FileError``.
    package func settings(_ fingerprint: String) throws(FileError) -> String? {
        try Self.wrap(path, .malformed) {
            try database.read {
                try String.fetchOne(
                    $0, sql: "SELECT description FROM settings WHERE fingerprint = ?", arguments: [fingerprint])
            }
        }
    }
}
