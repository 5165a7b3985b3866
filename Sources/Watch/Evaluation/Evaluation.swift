import Basics
import Capture
import Dispatch
import Events
import MobileNet

/// Classifies labelled images to measure the accuracy of a network.
package final class Evaluation: Sendable {
    private let images: [LabelledImage]
    /// Indices of each label among the network's classes.
    private let classes: [String: Set<Int>]
    private let names: [String]
    private let fit: Fit
    private let workers: Int
    private let plan: Plan

    private struct State {
        var next = 0
        var accuracy = Accuracy()
    }

    private let state = Mutex(State())

    /// - Parameters:
    ///   - names: names of the network's classes. An image's label is one of them, or an index from 0.
    ///   - images: labelled images.
    ///   - workers: number of images that are classified at the same time.
    /// - Throws: ``UnknownLabel`` for a label that the network does not have.
    package init(
        plan: Plan, names: [String], images: [LabelledImage], fit: Fit, workers: Int
    ) throws(UnknownLabel) {
        self.plan = plan
        self.names = names
        self.images = images
        self.fit = fit
        self.workers = workers
        classes = try Self.classes(of: Set(images.map(\.label)), among: names)
    }

    private static func classes(of labels: Set<String>, among names: [String]) throws(UnknownLabel) -> [String: Set<
        Int
    >] {
        let known = LabelNames(names)
        var classes: [String: Set<Int>] = [:]
        for label in labels.sorted() {
            let found = known.classes(of: label)
            if !found.isEmpty {
                classes[label] = Set(found)
            } else if let number = Int(label), names.indices.contains(number) {
                classes[label] = [number]
            } else {
                throw UnknownLabel(name: label, nearest: known.nearest(to: label))
            }
        }
        return classes
    }

    /// Accuracy so far. May be read from any thread.
    package var accuracy: Accuracy { state.withLock { $0.accuracy } }

    /// Classifies all images. Returns when that is done or cancelled.
    ///
    /// - Parameter complain: called with the path of each image that cannot be read, and the error; from any thread.
    package func run(interruption: CancellationToken, complain: @escaping @Sendable (String, any Error) -> Void) {
        DispatchQueue.concurrentPerform(iterations: workers) { _ in
            let classifier = Classifier(plan: plan)
            let buffer = PixelBuffer(width: plan.inputShape.width, height: plan.inputShape.height)
            while !interruption.wasCancelled, let image = takeNext() {
                do {
                    try StillImage.read(image.path, into: buffer, fit: fit, interruption: interruption)
                    add(image, classifier.probabilities(pixels: buffer.base, bytesPerRow: buffer.bytesPerRow))
                } catch SourceError.interrupted {
                    return
                } catch {
                    state.withLock { $0.accuracy.addUnreadable() }
                    complain(image.path, error)
                }
            }
        }
    }

    private func takeNext() -> LabelledImage? {
        state.withLock { state in
            guard state.next < images.count else { return nil }
            defer { state.next += 1 }
            return images[state.next]
        }
    }

    private func add(_ image: LabelledImage, _ scores: [Float]) {
        let best = highest(5, of: scores).map(\.place)
        state.withLock { state in
            state.accuracy.add(image.label, classes: classes[image.label] ?? [], best: best, names: names)
        }
    }
}

/// Accuracy of a network over labelled images, with its confusion matrix. Results are added one by one, in any order.
package struct Accuracy: Equatable, Sendable {
    /// Images classified.
    package private(set) var images = 0
    /// Images whose best label was right.
    package private(set) var top1 = 0
    /// Images with the right label among the five best.
    package private(set) var top5 = 0
    /// Images that could not be read.
    package private(set) var unreadable = 0
    /// Number of predictions by actual label and predicted label.
    package private(set) var confusion: [String: [String: Int]] = [:]

    package init() {}

    /// Adds a classified image.
    ///
    /// - Parameters:
    ///   - label: actual label of the image.
    ///   - classes: indices of that label among the network's classes; a name may stand for several.
    ///   - best: indices of the best classes, the best first.
    ///   - names: names of the network's classes.
    package mutating func add(_ label: String, classes: Set<Int>, best: [Int], names: [String]) {
        images += 1
        guard let first = best.first else { return }
        let isRight = classes.contains(first)
        if isRight { top1 += 1 }
        if best.prefix(5).contains(where: classes.contains) { top5 += 1 }
        confusion[label, default: [:]][isRight ? label : names[first], default: 0] += 1
    }

    /// Adds an image that could not be read.
    package mutating func addUnreadable() { unreadable += 1 }

    /// Top-1 accuracy, from 0 to 1; 0 without images.
    package var top1Rate: Double { images == 0 ? 0 : Double(top1) / Double(images) }

    /// Top-5 accuracy, from 0 to 1; 0 without images.
    package var top5Rate: Double { images == 0 ? 0 : Double(top5) / Double(images) }

    /// Confusion matrix as comma-separated values: a row for each actual label, a column for each predicted one. Only
    /// labels that occur are listed.
    package var matrix: String {
        let actual = confusion.keys.sorted()
        let predicted = Set(confusion.values.flatMap(\.keys)).union(actual).sorted()
        let rows = actual.map { label in [label] + predicted.map { "\(confusion[label]?[$0] ?? 0)" } }
        return ([["actual"] + predicted] + rows).map { CommaSeparated.line($0) + "\n" }.joined()
    }
}
