import Basics
import Capture
import Dispatch
import Events
import MobileNet

/// Looks at labelled images, to find how often a network is right.
package final class Evaluation: Sendable {
    private let pictures: [LabelledImage]
    /// For each label of the images, the places that it has among the network's.
    private let classes: [String: Set<Int>]
    private let names: [String]
    private let fit: Fit
    private let jobs: Int
    private let plan: Plan

    private struct State {
        var next = 0
        var accuracy = Accuracy()
    }

    private let state = Mutex(State())

    /// - Parameters:
    ///   - names: what the network calls its classes. An image's label is one of them, or a number from 0.
    ///   - jobs: how many images are worked on at the same time.
    /// - Throws: ``UnknownLabel`` for a label that the network does not have.
    package init(
        plan: Plan, names: [String], pictures: [LabelledImage], fit: Fit, jobs: Int
    ) throws(UnknownLabel) {
        self.plan = plan
        self.names = names
        self.pictures = pictures
        self.fit = fit
        self.jobs = jobs
        classes = try Self.classes(of: Set(pictures.map(\.label)), among: names)
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

    /// How far it has come. From any thread.
    package var accuracy: Accuracy { state.withLock { $0.accuracy } }

    /// Looks at all images. Returns when that is done, or after an interruption.
    ///
    /// - Parameter complain: is told which image cannot be read, and why.
    package func run(interruption: CancellationToken, complain: @escaping @Sendable (String, any Error) -> Void) {
        DispatchQueue.concurrentPerform(iterations: jobs) { _ in
            let classifier = Classifier(plan: plan)
            let buffer = PixelBuffer(width: plan.inputShape.width, height: plan.inputShape.height)
            while !interruption.wasCancelled, let picture = takeNext() {
                do {
                    try Picture.read(picture.path, into: buffer, fit: fit, interruption: interruption)
                    add(picture, classifier.probabilities(pixels: buffer.base, bytesPerRow: buffer.bytesPerRow))
                } catch SourceError.interrupted {
                    return
                } catch {
                    state.withLock { $0.accuracy.addUnreadable() }
                    complain(picture.path, error)
                }
            }
        }
    }

    private func takeNext() -> LabelledImage? {
        state.withLock { state in
            guard state.next < pictures.count else { return nil }
            defer { state.next += 1 }
            return pictures[state.next]
        }
    }

    private func add(_ picture: LabelledImage, _ scores: [Float]) {
        let best = highest(5, of: scores).map(\.place)
        state.withLock { state in
            state.accuracy.add(picture.label, classes: classes[picture.label] ?? [], best: best, names: names)
        }
    }
}
