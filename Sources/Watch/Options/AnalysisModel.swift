import Basics
import Events
import MobileNet

/// Networks of an analysis with their labels: a classifier, or a detector with a classifier of its objects as the second
/// stage.
package struct AnalysisModel: Sendable {
    /// Network that inspects frames.
    package let first: LoadedModel
    /// Classifier of the second stage; `nil` without one.
    package let second: LoadedModel?
    /// Labels that events may have: those of the first network, then those that only corrections give.
    package let labels: [String]
    package let plans: NetworkPlans
    /// Rules of the second stage; `nil` without one.
    package let classification: ClassificationRules?

    /// - Parameters:
    ///   - second: classifier of the objects of a detector. A classifier of frames ignores it.
    ///   - corrections: corrections of the detector's labels.
    ///   - attributes: labels of the classifier that may be attributes; `nil` for all.
    /// - Throws: ``LabelTargetError`` for a label that neither network has.
    package init(
        _ first: LoadedModel, second: LoadedModel?, corrections: LabelCorrections, attributes: [String]? = nil
    ) throws(LabelTargetError) {
        self.first = first
        self.second = first.task == .detection ? second : nil
        plans = NetworkPlans(first.plan, second: second?.plan)
        guard first.task == .detection, let second else {
            (labels, classification) = (first.labels, nil)
            return
        }
        var rules: ClassificationRules
        (labels, rules) = try corrections.rules(detector: first.labels, classifier: second.labels)
        rules.attributes = try attributes.map { names throws(LabelTargetError) in
            try Self.classes(names, among: second.labels)
        }
        classification = rules
    }

    private static func classes(_ names: [String], among labels: [String]) throws(LabelTargetError) -> Set<Int> {
        let known = LabelNames(labels)
        var classes: Set<Int> = []
        for name in names {
            let found = known.classes(of: name)
            guard !found.isEmpty else {
                throw .unknown(UnknownLabel(name: name, nearest: known.nearest(to: name)))
            }
            classes.formUnion(found)
        }
        return classes
    }

    /// Reads the classifier of a second stage.
    ///
    /// - Parameters:
    ///   - first: network that inspects frames. Only a detector has a second stage.
    ///   - library: folders that are searched.
    ///   - instructionSet: instruction set that this machine supports.
    ///   - limits: upper limits of memory and work.
    /// - Throws: ``FileError`` if the classifier cannot be used, ``LabelTargetError``.
    package init(
        _ first: LoadedModel, _ stage: SecondStage, in library: ModelLibrary, for instructionSet: InstructionSet,
        limits: PlanLimits
    ) throws {
        let name = first.task == .detection ? stage.modelName(in: library) : nil
        let second = try name.map { try LoadedModel($0, in: library, for: instructionSet, limits: limits) }
        if let second, second.task != .classification {
            throw FileError(
                path: second.path, kind: .malformed, reason: "objects are classified by a model that gives labels")
        }
        try self.init(
            first, second: second, corrections: stage.corrections,
            attributes: stage.labels.isEmpty ? nil : stage.labels)
    }

    /// Checks that there is memory for a session of each worker.
    ///
    /// - Throws: ``FileError`` of the kind `outOfMemory`.
    package func checkMemory(workers: Int) throws(FileError) { try first.checkMemory(workers: workers) }
}

extension AnalysisModel: CustomStringConvertible {
    /// Names of the networks, for logs.
    package var description: String {
        "model \(first.name), \(first.plan.instructionSet.rawValue) kernels"
            + (second.map { "; objects are classified by \($0.name)" } ?? "")
    }
}

/// Second stage of a detector, as configured.
package struct SecondStage: Equatable, Sendable {
    /// Classifier of the objects.
    package enum Choice: Equatable, Sendable {
        /// The first published classifier that is installed; none if there is none.
        case automatic
        /// None.
        case off
        /// Name or path of a model.
        case named(String)
    }

    package var choice: Choice
    package var corrections: LabelCorrections
    /// Labels of the classifier that may be attributes; empty for all.
    package var labels: [String] = []

    package init(_ choice: Choice = .automatic, corrections: LabelCorrections = .usual) {
        self.choice = choice
        self.corrections = corrections
    }

    /// Reads a choice as users write it: `auto`, `off`, or the name or path of a model.
    package init(text: String) {
        switch text {
        case "auto": self.init(.automatic)
        case "off": self.init(.off)
        default: self.init(.named(text))
        }
    }

    /// Returns the name of the classifier; `nil` for none.
    func modelName(in library: ModelLibrary) -> String? {
        switch choice {
        case .off: nil
        case .named(let name): name
        case .automatic: ModelLibrary.classifiers.first { (try? library.path(of: $0)) != nil }
        }
    }
}

/// Corrections of a detector's labels by a classifier, as configured.
package struct LabelCorrections: Equatable, Sendable {
    /// Labels of the classifier that contradict a label of the detector.
    package struct Entry: Equatable, Sendable {
        /// Label of the detector.
        package var label: String
        /// Label or kind of the classifier that contradicts it; ``LabelCorrections/animal`` for all animals.
        package var contradiction: String
        /// Score from which the label is wrong.
        package var threshold: Double

        package init(label: String, contradiction: String, threshold: Double) {
            self.label = label
            self.contradiction = contradiction
            self.threshold = threshold
        }
    }

    package var entries: [Entry]
    /// Whether unknown names are errors: not for the default, which is for any detector.
    private var isStrict: Bool

    /// Corrections that a user has configured.
    package init(_ entries: [Entry]) {
        self.entries = entries
        isStrict = true
    }

    private init(usual entries: [Entry]) {
        self.entries = entries
        isStrict = false
    }

    /// Name of all animals among the classes of ImageNet.
    package static let animal = "animal"
    /// Name of all vehicles with two or three wheels among the classes of ImageNet.
    package static let bike = "bike"
    /// Detectors that know no animals take them for persons, and detectors for surveillance take cyclists for vehicles. A
    /// classifier gives persons to animals with a score of a few hundredths, and animals that it does not know well with
    /// several tenths.
    package static let usual = LabelCorrections(usual: [
        Entry(label: "person", contradiction: animal, threshold: 0.3),
        Entry(label: "vehicle", contradiction: bike, threshold: 0.3),
    ])
    /// No corrections.
    package static let none = LabelCorrections(usual: [])

    /// Returns the labels of both networks, and the rules.
    func rules(
        detector: [String], classifier: [String]
    ) throws(LabelTargetError) -> ([String], ClassificationRules) {
        var labels = detector
        func index(of name: String) -> Int {
            if let index = labels.firstIndex(of: name) { return index }
            labels.append(name)
            return labels.count - 1
        }
        var rules = ClassificationRules(classNames: classifier, corrections: [])
        rules.detectorLabels = detector.count
        // A detector that knows animals does not take them for persons.
        let entries = isStrict || !detector.contains("dog") ? entries : []
        for entry in entries {
            let label = detector.firstIndex(of: entry.label)
            let classes = Self.classes(entry.contradiction, classifier)
            guard let label, !classes.isEmpty else {
                guard isStrict else { continue }
                throw .unknown(
                    UnknownLabel(
                        name: label == nil ? entry.label : entry.contradiction,
                        nearest: label == nil ? nearestNames(to: entry.label, among: Set(detector)) : []))
            }
            var correction = ClassificationRules.Correction(
                label: label, classes: classes, threshold: entry.threshold, corrected: index(of: entry.contradiction))
            if entry.contradiction == Self.animal {
                correction.kinds = ImageNetClasses.animals.map {
                    ClassificationRules.Kind(classes: Set($0.classes), label: index(of: $0.name))
                }
            }
            rules.corrections.append(correction)
        }
        return (labels, rules)
    }

    private static func classes(_ name: String, _ labels: [String]) -> Set<Int> {
        if let classes = ImageNetClasses.named[name] { return labels == Labels.imageNet.names ? Set(classes) : [] }
        return Set(labels.indices.filter { labels[$0] == name })
    }
}

/// Classes of ImageNet under one name. Animals are in the order of WordNet's tree.
enum ImageNetClasses {
    /// Names that corrections can use besides those of single classes.
    static let named: [String: [Int]] = [
        LabelCorrections.animal: Array(0..<398),
        // Bicycle built for two, moped, motor scooter, mountain bike, tricycle, unicycle.
        LabelCorrections.bike: [444, 665, 670, 671, 870, 880],
    ]
    /// Kinds of animals that people ask for.
    static let animals: [(name: String, classes: [Int])] = [
        ("bird", Array(7...24) + Array(80...100) + Array(127...146)),
        ("cat", Array(281...285)),
        ("dog", Array(151...268)),
    ]
}
