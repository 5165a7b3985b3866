import CExpat

/// Receiver of the elements of an XML document.
protocol XMLHandler {
    /// Takes the start of an element.
    ///
    /// - Throws: ``FormatError`` to end the reading.
    mutating func start(_ element: String, _ attributes: [String: String]) throws(FormatError)
    /// Takes the end of the element that started last and has not ended.
    mutating func end(_ element: String)
}

/// Streaming reader of untrusted XML, with libexpat. It owns the parser.
///
/// It reads elements and attributes only. A document type is rejected, and with it every definition of an entity. Depth,
/// attributes and elements are limited.
final class XMLReader {
    private let parser: OpaquePointer
    private var handler: any XMLHandler
    private var depth = 0
    private var elements = 0
    private var failure: FormatError?

    private static let mostDepth = 64
    private static let mostAttributes = 64
    /// Upper limit of the elements of a document.
    private static let mostElements = 1 << 20
    /// Upper limit of a document, in bytes.
    static let mostBytes = 64 << 20
    /// Bytes that are given to the parser at a time.
    private static let chunk = 1 << 16

    private init(_ handler: any XMLHandler) throws(FormatError) {
        guard let parser = XML_ParserCreate("UTF-8") else {
            throw FormatError("there is no memory for a parser of XML", isOutOfMemory: true)
        }
        self.parser = parser
        self.handler = handler
    }

    deinit { XML_ParserFree(parser) }

    /// Reads a document of UTF-8.
    ///
    /// - Parameters:
    ///   - bytes: contents of the file.
    ///   - handler: receiver of the elements.
    /// - Returns: the receiver after the last element.
    /// - Throws: ``FormatError`` if the document is malformed or exceeds a limit, and the receiver's error.
    static func read<Handler: XMLHandler>(_ bytes: [UInt8], to handler: Handler) throws(FormatError) -> Handler {
        guard bytes.count <= mostBytes else {
            throw FormatError("an XML document of \(bytes.count) bytes is too large")
        }
        let reader = try XMLReader(handler)
        try reader.parse(bytes)
        guard let result = reader.handler as? Handler else {
            preconditionFailure("the handler of an XML document changed its type")
        }
        return result
    }

    private func parse(_ bytes: [UInt8]) throws(FormatError) {
        XML_SetUserData(parser, Unmanaged.passUnretained(self).toOpaque())
        XML_SetElementHandler(
            parser,
            { Unmanaged<XMLReader>.fromOpaque($0!).takeUnretainedValue().start($1, $2) },
            { Unmanaged<XMLReader>.fromOpaque($0!).takeUnretainedValue().end($1) })
        XML_SetStartDoctypeDeclHandler(parser) { reader, _, _, _, _ in
            Unmanaged<XMLReader>.fromOpaque(reader!).takeUnretainedValue()
                .stop(FormatError("an XML document with a document type, which is not read"))
        }
        var position = 0
        repeat {
            let count = min(Self.chunk, bytes.count - position)
            let isLast = position + count == bytes.count
            let status = bytes.withUnsafeBytes { raw in
                XML_Parse(
                    parser, raw.baseAddress?.advanced(by: position).assumingMemoryBound(to: CChar.self), Int32(count),
                    isLast ? 1 : 0)
            }
            if let failure { throw failure }
            guard status == XML_STATUS_OK else { throw malformed }
            position += count
        } while position < bytes.count
    }

    private var malformed: FormatError {
        let reason = XML_ErrorString(XML_GetErrorCode(parser)).map { String(cString: $0) } ?? "malformed"
        return FormatError("malformed XML in line \(XML_GetCurrentLineNumber(parser)): \(reason)")
    }

    private func start(
        _ name: UnsafePointer<XML_Char>?, _ attributes: UnsafeMutablePointer<UnsafePointer<XML_Char>?>?
    ) {
        depth += 1
        elements += 1
        guard failure == nil, let name, let attributes else { return }
        guard depth <= Self.mostDepth, elements <= Self.mostElements else {
            return stop(FormatError("an XML document with more elements than any network has"))
        }
        var values: [String: String] = [:]
        var place = 0
        while let key = attributes[place], let value = attributes[place + 1] {
            guard place < 2 * Self.mostAttributes else {
                return stop(FormatError("an XML element with more attributes than any network has"))
            }
            values[String(cString: key)] = String(cString: value)
            place += 2
        }
        do {
            try handler.start(String(cString: name), values)
        } catch {
            stop(error)
        }
    }

    private func end(_ name: UnsafePointer<XML_Char>?) {
        depth -= 1
        guard failure == nil, let name else { return }
        handler.end(String(cString: name))
    }

    private func stop(_ error: FormatError) {
        failure = failure ?? error
        XML_StopParser(parser, 0)
    }
}
