import Basics
import FoundationEssentials

/// Annotations of images in COCO's format: `images`, `annotations` and `categories`.
package struct AnnotationFile: Sendable {
    /// Image with its marked objects.
    package struct Image: Equatable, Sendable {
        package var number: Int
        /// Name of the file, relative to the folder of images.
        package var name: String
        /// Size in pixels, in whose coordinates the boxes are.
        package var width: Double
        package var height: Double
        package var truth: [AveragePrecision.Truth]
    }

    /// Images in the order of their numbers.
    package let images: [Image]
    /// Names of the categories by their numbers.
    package let categories: [Int: String]

    /// Most bytes of a file: COCO's own has 450 MB with its outlines.
    private static let mostBytes = 1 << 30

    /// Reads a file.
    ///
    /// - Throws: ``FileError`` if it cannot be read, or is no such file.
    package init(path: String) throws(FileError) {
        try self.init(bytes: try Files.read(path, atMost: Self.mostBytes), path: path)
    }

    init(bytes: [UInt8], path: String) throws(FileError) {
        func malformed(_ reason: String) -> FileError { FileError(path: path, kind: .malformed, reason: reason) }
        let contents: Contents
        do {
            contents = try JSONDecoder().decode(Contents.self, from: Data(bytes))
        } catch let error as DecodingError {
            throw malformed("these are no annotations in COCO's format: \(error.plainText)")
        } catch {
            throw malformed("these are no annotations in COCO's format: \(error)")
        }
        categories = Dictionary(contents.categories.map { ($0.id, $0.name) }, uniquingKeysWith: { first, _ in first })
        var truth: [Int: [AveragePrecision.Truth]] = [:]
        for annotation in contents.annotations {
            guard annotation.isPossible, categories[annotation.category_id] != nil else {
                throw malformed(
                    "annotation \(annotation.id ?? 0) has no possible box, or a category that is not in the file")
            }
            truth[annotation.image_id, default: []].append(annotation.truth)
        }
        var numbers: Set<Int> = []
        for image in contents.images {
            guard image.width > 0, image.height > 0, numbers.insert(image.id).inserted else {
                throw malformed("image \(image.id) has no size, or its number occurs twice")
            }
        }
        images = contents.images.sorted { $0.id < $1.id }.map { image in
            Image(
                number: image.id, name: image.file_name, width: image.width, height: image.height,
                truth: truth[image.id] ?? [])
        }
        guard !images.isEmpty else { throw malformed("there is no image in it") }
    }

    /// Returns the category of each label of a model by its name; upper and lower case are the same.
    package func categories(of labels: [String]) -> [Int?] {
        var numbers: [String: Int] = [:]
        for (number, name) in categories.sorted(by: { $0.key < $1.key }) {
            let key = name.lowercased()
            numbers[key] = numbers[key] ?? number
        }
        return labels.map { numbers[$0.lowercased()] }
    }

    // MARK: - File

    private struct Contents: Decodable {
        struct Image: Decodable {
            var id: Int
            var file_name: String
            var width: Double
            var height: Double
        }

        struct Annotation: Decodable {
            var id: Int?
            var image_id: Int
            var category_id: Int
            var bbox: [Double]
            var area: Double?
            var iscrowd: Int?

            var isPossible: Bool {
                bbox.count == 4 && bbox.allSatisfy(\.isFinite) && bbox[2] >= 0 && bbox[3] >= 0
            }

            var truth: AveragePrecision.Truth {
                let box = BoundingBox(x: bbox[0], y: bbox[1], width: bbox[2], height: bbox[3])
                return AveragePrecision.Truth(
                    category: category_id, box: box, area: area ?? box.area, isCrowd: iscrowd == 1)
            }
        }

        struct Category: Decodable {
            var id: Int
            var name: String
        }

        var images: [Image]
        var annotations: [Annotation]
        var categories: [Category]
    }
}

extension DecodingError {
    /// What is wrong, and where in the file.
    fileprivate var plainText: String {
        switch self {
        case .keyNotFound(let key, let context): "\"\(key.stringValue)\" is missing\(Self.place(context))"
        case .typeMismatch(_, let context), .valueNotFound(_, let context):
            "a value is of another kind than expected\(Self.place(context))"
        case .dataCorrupted: "it is not valid JSON"
        @unknown default: "\(self)"
        }
    }

    private static func place(_ context: Context) -> String {
        guard !context.codingPath.isEmpty else { return "" }
        return " in " + context.codingPath.map { $0.intValue.map { "\($0)" } ?? $0.stringValue }.joined(separator: ".")
    }
}
