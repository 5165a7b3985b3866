/// Who logs in where: what a camera or a recorder counts refused logins by. It cannot be printed.
package struct StreamLogin: Hashable, Sendable {
    private let host: String
    private let user: String

    init(host: String, user: String) {
        self.host = host.lowercased()
        self.user = user
    }
}

extension StreamLogin: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "…" }
    package var debugDescription: String { "…" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
