/// Address of a live source.
package enum SourceAddress: Equatable, Sendable, CustomStringConvertible {
    /// Recording that is played in real time, once or in a loop.
    case file(path: String, loops: Bool)
    /// Network stream.
    case stream(StreamURL)
    /// V4L2 camera: `/dev/video0` or a link to it.
    case camera(path: String)

    /// Parses an address.
    ///
    /// - Parameter text: path of a camera device, path of a file, `file:PATH`, `file:PATH?loop`, or URL of a stream.
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

/// Error of an invalid address. Its description does not repeat the address, which may contain a password.
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
            "unknown scheme \"\(scheme)\"; the schemes are \(StreamURL.schemes.joined(separator: ", "))"
        case .unreadableHost:
            "invalid host or port; percent-encode special characters of a password (%2F for a slash), or put the "
                + "credentials in a file"
        }
    }
}
