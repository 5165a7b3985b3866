/// Values that a pickle describes.
///
/// All values are in one array and refer to each other by index. So a deeply nested hostile pickle causes no recursion,
/// not even when its values are freed.
struct Pickle {
    /// Index of a value.
    typealias Reference = Int

    enum Value {
        case none
        case bool(Bool)
        case integer(Int)
        case float(Double)
        case string(String)
        case list([Reference])
        case tuple([Reference])
        /// Entries in the order of the pickle.
        case dictionary([(key: Reference, value: Reference)])
        /// Allowed global name.
        case global(Global)
        case storage(Storage)
        case tensor(StoredTensor, storage: String)
    }

    /// Block of elements that tensors are views of.
    struct Storage: Equatable {
        var type: ElementType
        /// Name in the file.
        var key: String
    }

    /// Global names that a pickle may use. All others are refused, so that no code of the pickle's choice is ever
    /// called.
    enum Global: Equatable, CustomStringConvertible {
        case orderedDictionary
        case rebuildTensor
        case rebuildParameter
        case storage(ElementType)

        var description: String {
            switch self {
            case .orderedDictionary: "collections.OrderedDict"
            case .rebuildTensor: "torch._utils._rebuild_tensor_v2"
            case .rebuildParameter: "torch._utils._rebuild_parameter"
            case .storage(let type): "the storage of \(type.rawValue)"
            }
        }

        /// - Throws: ``FormatError`` for a name that is not allowed.
        init(module: String, name: String) throws(FormatError) {
            switch (module, name) {
            case ("collections", "OrderedDict"): self = .orderedDictionary
            case ("torch._utils", "_rebuild_tensor_v2"): self = .rebuildTensor
            case ("torch._utils", "_rebuild_parameter"): self = .rebuildParameter
            case ("torch", "HalfStorage"): self = .storage(.float16)
            case ("torch", "BFloat16Storage"): self = .storage(.bfloat16)
            case ("torch", "FloatStorage"): self = .storage(.float32)
            case ("torch", "DoubleStorage"): self = .storage(.float64)
            case ("torch", "ByteStorage"): self = .storage(.uint8)
            case ("torch", "CharStorage"): self = .storage(.int8)
            case ("torch", "ShortStorage"): self = .storage(.int16)
            case ("torch", "IntStorage"): self = .storage(.int32)
            case ("torch", "LongStorage"): self = .storage(.int64)
            case ("torch", "BoolStorage"): self = .storage(.bool)
            default:
                throw FormatError(
                    "the pickle asks for \"\(shortened(module)).\(shortened(name))\"; only tensors, dictionaries, lists, "
                        + "scalars and strings are read, which are enough for a file of weights")
            }
        }
    }

    private(set) var values: [Value] = []

    subscript(reference: Reference) -> Value {
        get { values[reference] }
        set { values[reference] = newValue }
    }

    mutating func add(_ value: Value) -> Reference {
        values.append(value)
        return values.count - 1
    }

    // MARK: - Typed access

    func integer(_ reference: Reference) throws(FormatError) -> Int {
        guard case .integer(let value) = values[reference] else { throw FormatError("a number is missing") }
        return value
    }

    func string(_ reference: Reference) throws(FormatError) -> String {
        guard case .string(let value) = values[reference] else { throw FormatError("a name is missing") }
        return value
    }

    func integers(_ reference: Reference) throws(FormatError) -> [Int] {
        var result: [Int] = []
        for item in try sequence(reference) { result.append(try integer(item)) }
        return result
    }

    /// Returns the items of a tuple or a list.
    func sequence(_ reference: Reference) throws(FormatError) -> [Reference] {
        switch values[reference] {
        case .tuple(let items), .list(let items): return items
        default: throw FormatError("a list is missing")
        }
    }

    /// Returns the entries of a dictionary whose keys are strings; `nil` if the value is not a dictionary.
    func entries(_ reference: Reference) -> [(key: String, value: Reference)]? {
        guard case .dictionary(let items) = values[reference] else { return nil }
        return items.compactMap { item in
            guard case .string(let key) = values[item.key] else { return nil }
            return (key, item.value)
        }
    }
}
