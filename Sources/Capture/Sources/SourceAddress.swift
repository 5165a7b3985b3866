/// Where frames come from.
package enum SourceAddress: Equatable, Sendable, CustomStringConvertible {
    /// A recording, played as if it were a camera, once or again and again.
    case file(path: String, loops: Bool)
    case stream(StreamURL)
    /// A camera that the kernel knows, as `/dev/video0` or a link to it.
    case camera(path: String)

    /// - Parameter text: the path of a camera's device, the path of a file, `file:PATH`, `file:PATH?loop`, or the address of a stream.
    /// - Throws: ``AddressError``.
    package init(_ text: String) throws(AddressError) {
        guard !text.isEmpty else { throw .empty }
        if text.hasPrefix("file:") {
            let path = String(text.dropFirst(5))
            let loops = path.hasSuffix("?loop")
            self = .file(path: loops ? String(path.dropLast(5)) : path, loops: loops)
        } else if text.contains("://") {
            self = .stream(try StreamURL(text))
        } else if text.hasPrefix("/dev/video") || text.hasPrefix("/dev/v4l/") {
            self = .camera(path: text)
        } else {
            self = .file(path: text, loops: false)
        }
    }

    package var description: String {
        switch self {
        case .file(let path, let loops): "file:\(path)\(loops ? "?loop" : "")"
        case .stream(let url): "\(url)"
        case .camera(let path): path
        }
    }
}

/// What is wrong with an address. Its description does not repeat the address, which may have a password in it.
package enum AddressError: Error, Equatable, CustomStringConvertible {
    case empty
    case notAnAddress
    case unknownScheme(String)
    case unreadableHost

    package var description: String {
        switch self {
        case .empty: "the address of a source is empty"
        case .notAnAddress: "not an address of the form rtsp://host/path"
        case .unknownScheme(let scheme):
            "\"\(scheme)\" is no kind of stream; it is one of \(StreamURL.schemes.joined(separator: ", "))"
        case .unreadableHost:
            "the address has no host and port that can be read; special characters in a password are written "
                + "as in %2F for a slash, or the password is put in a file"
        }
    }
}
