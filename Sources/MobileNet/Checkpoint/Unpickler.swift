/// Interpreter of pickles. A pickle is a program for a stack machine that builds a value.
///
/// The interpreter supports the instructions that `torch.save` writes (protocol 2, and 3 to 5 for other writers), as
/// far as they build plain data and tensors. No instruction executes code: `REDUCE` is limited to the names of
/// ``Pickle/Global``, and `BUILD` is ignored.
///
/// Reference for the instructions: Python's `Lib/pickletools.py`.
struct Unpickler {
    /// Limit that no checkpoint reaches, and that keeps the memory small.
    private static let mostInstructions = 1_000_000

    private var reader: ByteReader
    private(set) var pickle = Pickle()
    private var stack: [Pickle.Reference] = []
    private var marks: [Int] = []
    private var memo: [Int: Pickle.Reference] = [:]
    /// Number of executed instructions. Each adds at most one value, one entry of a list, or one memo.
    private var instructions = 0

    /// Reads a pickle that starts at the reader's position.
    ///
    /// - Parameter reader: reader; advanced to the end of the pickle.
    /// - Returns: the values, and a reference to the result.
    /// - Throws: ``FormatError`` if the pickle is malformed, or needs an unsupported feature.
    static func read(_ reader: inout ByteReader) throws(FormatError) -> (pickle: Pickle, root: Pickle.Reference) {
        var machine = Unpickler(reader: reader)
        while try machine.step() {}
        reader = machine.reader
        return (machine.pickle, try machine.pop())
    }

    private init(reader: ByteReader) { self.reader = reader }

    /// Executes one instruction.
    ///
    /// - Returns: whether more instructions follow.
    private mutating func step() throws(FormatError) -> Bool {
        let at = reader.position
        let code = try reader.byte()
        guard let instruction = Instruction(rawValue: code) else {
            throw FormatError("the pickle's instruction \(hex(code)) at byte \(at) is refused")
        }
        instructions += 1
        guard instructions <= Self.mostInstructions, marks.count < 1000 else {
            throw FormatError("the pickle builds more than any checkpoint holds")
        }
        if instruction == .stop { return false }
        try perform(instruction)
        return true
    }

    private mutating func perform(_ instruction: Instruction) throws(FormatError) {
        switch instruction {
        case .stop: break
        case .proto: _ = try reader.byte()
        case .frame: _ = try reader.take(8)
        case .mark: marks.append(stack.count)
        case .pop: _ = try pop()
        case .none: push(.none)
        case .newTrue: push(.bool(true))
        case .newFalse: push(.bool(false))
        case .binInt, .binInt1, .binInt2: push(.integer(try integer(instruction)))
        case .long1: push(try longInteger())
        case .binFloat: push(.float(Double(bitPattern: UInt64(bigEndian: try reader.integer(UInt64.self)))))
        case .shortBinString, .shortBinUnicode: push(.string(try text(UInt8.self)))
        case .binString, .binUnicode: push(.string(try text(UInt32.self)))
        case .emptyList: push(.list([]))
        case .emptyDict: push(.dictionary([]))
        case .emptyTuple: push(.tuple([]))
        case .tuple: push(.tuple(try popToMark()))
        case .tuple1: try makeTuple(1)
        case .tuple2: try makeTuple(2)
        case .tuple3: try makeTuple(3)
        case .append: try append([try pop()])
        case .appends: try append(try popToMark())
        case .setItem: try setItems(try pop(2))
        case .setItems: try setItems(try popToMark())
        case .binPut: memo[Int(try reader.byte())] = try top()
        case .longBinPut: memo[try reader.count(UInt32.self)] = try top()
        case .memoize: memo[memo.count] = try top()
        case .binGet: try recall(Int(try reader.byte()))
        case .longBinGet: try recall(try reader.count(UInt32.self))
        case .global: push(.global(try .init(module: try reader.line(), name: try reader.line())))
        case .stackGlobal: try makeGlobal()
        case .binPersID: try makeStorage()
        case .reduce: try reduce()
        case .build: _ = try pop()  // Attributes of a dictionary. PyTorch stores the version of its format there.
        }
    }

    // MARK: - The stack

    private mutating func push(_ value: Pickle.Value) { stack.append(pickle.add(value)) }

    private func top() throws(FormatError) -> Pickle.Reference {
        guard let reference = stack.last, stack.count > (marks.last ?? 0) else { throw underflow }
        return reference
    }

    private mutating func pop() throws(FormatError) -> Pickle.Reference {
        let reference = try top()
        stack.removeLast()
        return reference
    }

    private mutating func pop(_ count: Int) throws(FormatError) -> [Pickle.Reference] {
        guard stack.count >= count + (marks.last ?? 0) else { throw underflow }
        defer { stack.removeLast(count) }
        return Array(stack.suffix(count))
    }

    private mutating func popToMark() throws(FormatError) -> [Pickle.Reference] {
        guard let mark = marks.popLast(), mark <= stack.count else { throw underflow }
        defer { stack.removeLast(stack.count - mark) }
        return Array(stack[mark...])
    }

    private var underflow: FormatError {
        FormatError("the pickle uses a value that it has not made (byte \(reader.position))")
    }

    // MARK: - Scalars and strings

    private mutating func integer(_ instruction: Instruction) throws(FormatError) -> Int {
        switch instruction {
        case .binInt1: return Int(try reader.byte())
        case .binInt2: return Int(try reader.integer(UInt16.self))
        default: return Int(try reader.integer(Int32.self))
        }
    }

    /// Reads a length and a two's complement integer of as many bytes. An integer of more than 8 bytes becomes `none`:
    /// it may be a random seed, but never an extent of a tensor.
    private mutating func longInteger() throws(FormatError) -> Pickle.Value {
        let length = Int(try reader.byte())
        let bytes = reader.bytes[try reader.take(length)]
        guard length <= 8 else { return .none }
        let negative = (bytes.last ?? 0) & 0x80 != 0
        var value: UInt64 = negative && length < 8 ? ~0 << (8 * UInt64(length)) : 0
        for (index, byte) in bytes.enumerated() { value |= UInt64(byte) << (8 * UInt64(index)) }
        return .integer(Int(Int64(bitPattern: value)))
    }

    private mutating func text<Length: FixedWidthInteger>(_: Length.Type) throws(FormatError) -> String {
        try reader.string(try reader.count(Length.self))
    }

    // MARK: - Containers

    private mutating func makeTuple(_ count: Int) throws(FormatError) { push(.tuple(try pop(count))) }

    private mutating func append(_ items: [Pickle.Reference]) throws(FormatError) {
        let list = try top()
        guard case .list(var old) = pickle[list] else {
            throw FormatError("the pickle appends to a value that is not a list")
        }
        pickle[list] = .none  // Releases the array, so that appending does not copy it.
        old += items
        pickle[list] = .list(old)
    }

    private mutating func setItems(_ items: [Pickle.Reference]) throws(FormatError) {
        let dictionary = try top()
        guard case .dictionary(var entries) = pickle[dictionary], items.count.isMultiple(of: 2) else {
            throw FormatError("the pickle sets items of a value that is not a dictionary")
        }
        pickle[dictionary] = .none  // As above.
        for index in stride(from: 0, to: items.count, by: 2) { entries.append((items[index], items[index + 1])) }
        pickle[dictionary] = .dictionary(entries)
    }

    private mutating func recall(_ place: Int) throws(FormatError) {
        guard let reference = memo[place] else { throw underflow }
        stack.append(reference)
    }

    // MARK: - Tensors

    private mutating func makeGlobal() throws(FormatError) {
        let names = try pop(2)
        push(.global(try .init(module: try pickle.string(names[0]), name: try pickle.string(names[1]))))
    }

    /// Makes a storage of `("storage", type, key, device, length)`. The older format adds a view of another storage.
    private mutating func makeStorage() throws(FormatError) {
        let items = try pickle.sequence(try pop())
        guard items.count >= 5, try pickle.string(items[0]) == "storage",
            case .global(.storage(let type)) = pickle[items[1]]
        else { throw FormatError("the pickle refers to an external object that is not a tensor's storage") }
        if items.count > 5 {
            guard case .none = pickle[items[5]] else {
                throw FormatError("a storage that is a view of another is not supported")
            }
        }
        push(.storage(Pickle.Storage(type: type, key: try pickle.string(items[2]))))
    }

    private mutating func reduce() throws(FormatError) {
        let arguments = try pickle.sequence(try pop())
        guard case .global(let global) = pickle[try pop()] else {
            throw FormatError("the pickle calls a value that is not a function")
        }
        switch global {
        case .orderedDictionary where arguments.isEmpty:
            push(.dictionary([]))
        case .rebuildTensor where arguments.count >= 4:
            push(try tensor(arguments))
        case .rebuildParameter where arguments.count >= 1:
            stack.append(arguments[0])
        default:
            throw FormatError("the pickle calls \(global) in a way that no checkpoint does")
        }
    }

    /// Makes a tensor of its storage, offset, shape and strides.
    private func tensor(_ arguments: [Pickle.Reference]) throws(FormatError) -> Pickle.Value {
        guard case .storage(let storage) = pickle[arguments[0]] else { throw FormatError("a tensor without a storage") }
        // Checked before the lists are copied: a short pickle can refer to one long list many times.
        for list in [arguments[2], arguments[3]] where try pickle.sequence(list).count > StoredTensor.mostDimensions {
            throw StoredTensor.tooManyDimensions
        }
        let tensor = StoredTensor(
            type: storage.type, shape: try pickle.integers(arguments[2]),
            strides: try pickle.integers(arguments[3]), offset: try pickle.integer(arguments[1]))
        return .tensor(tensor, storage: storage.key)
    }

    private func hex(_ byte: UInt8) -> String { "0x" + (byte < 16 ? "0" : "") + String(byte, radix: 16) }
}

extension Unpickler {
    /// Supported instructions.
    private enum Instruction: UInt8 {
        case mark = 0x28
        case emptyTuple = 0x29
        case stop = 0x2E
        case pop = 0x30
        case binFloat = 0x47
        case binInt = 0x4A
        case binInt1 = 0x4B
        case binInt2 = 0x4D
        case none = 0x4E
        case binPersID = 0x51
        case reduce = 0x52
        case binString = 0x54
        case shortBinString = 0x55
        case binUnicode = 0x58
        case emptyList = 0x5D
        case append = 0x61
        case build = 0x62
        case global = 0x63
        case appends = 0x65
        case binGet = 0x68
        case longBinGet = 0x6A
        case binPut = 0x71
        case longBinPut = 0x72
        case setItem = 0x73
        case tuple = 0x74
        case setItems = 0x75
        case emptyDict = 0x7D
        case proto = 0x80
        case tuple1 = 0x85
        case tuple2 = 0x86
        case tuple3 = 0x87
        case newTrue = 0x88
        case newFalse = 0x89
        case long1 = 0x8A
        case shortBinUnicode = 0x8C
        case stackGlobal = 0x93
        case memoize = 0x94
        case frame = 0x95
    }
}
