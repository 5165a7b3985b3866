import Basics
import CIntrinsics
import Dispatch
import Glibc

import struct Synchronization.Atomic

/// Threads that run the parts of a fixed list of steps together. All parts of a step end before the next step begins.
///
/// The thread that calls ``run()`` takes part; the helpers are woken once for a run. Between steps they wait in a loop, as a
/// step takes some microseconds: waking a thread takes longer. Whoever is free takes the next part, so a helper that the system
/// has not yet scheduled delays nothing. A run allocates no memory.
///
/// One thread at a time may call ``run()``.
final class ThreadTeam: Sendable {
    private let work: SharedWork
    private let helpers: [Helper]
    private let ended = DispatchGroup()

    /// - Parameters:
    ///   - threads: the number of threads, with the one that calls ``run()``; at least 1.
    ///   - parts: the number of parts of each step; at least 1 each.
    ///   - body: runs a part; parts are numbered through all steps. It gets the number of the thread, from 0.
    init(threads: Int, parts: [Int], body: @escaping @Sendable (_ thread: Int, _ part: Int) -> Void) {
        let work = SharedWork(parts: parts, body: body)
        self.work = work
        helpers = (1..<max(threads, 1)).map { _ in Helper() }
        for (index, helper) in helpers.enumerated() {
            ended.enter()
            ThreadQueue(label: "network \(index + 1)").async { [ended] in
                helper.serve(work, thread: index + 1)
                ended.leave()
            }
        }
    }

    /// Runs all steps, and returns when all have ended.
    func run() {
        work.start()
        // By index: without optimization, an array's iterator allocates memory.
        for index in 0..<helpers.count { helpers[index].wake() }
        work.takePart(thread: 0)
    }

    /// Ends the helpers and waits for them. No run may follow.
    func end() {
        work.stop()
        for helper in helpers { helper.wake() }
        ended.wait()
    }
}

/// Steps of the current run, and which part comes next.
private final class SharedWork: Sendable {
    private let parts: [Int]
    /// Number of the first part of each step.
    private let starts: [Int]
    private let body: @Sendable (Int, Int) -> Void
    /// Number of the run, step, and next part of the step: see ``Position``. Every value is unique, so a thread that has been
    /// away for long cannot take a part of another run by mistake.
    private let position = Atomic<UInt64>(Position(run: 0, step: 0xFFFF, part: 0).bits)
    /// Number of parts of the current step that have ended.
    private let ended = Atomic<Int>(0)
    private let isStopped = Atomic<Bool>(false)

    /// Iterations of a waiting loop, after which the thread lets others run on its core: some microseconds.
    private static let spinLimit = 20_000

    init(parts: [Int], body: @escaping @Sendable (Int, Int) -> Void) {
        precondition(parts.count < 0xFFFF && parts.allSatisfy { (1...0xFFFF).contains($0) }, "too many steps or parts")
        self.parts = parts
        starts = parts.indices.map { parts[..<$0].reduce(0, +) }
        self.body = body
    }

    /// Number of the run that was started last.
    var run: UInt32 { Position(bits: position.load(ordering: .sequentiallyConsistent)).run }

    var hasStopped: Bool { isStopped.load(ordering: .sequentiallyConsistent) }

    func start() {
        let next = Position(run: run &+ 1, step: 0, part: 0)
        position.store(next.bits, ordering: .sequentiallyConsistent)
    }

    func stop() { isStopped.store(true, ordering: .sequentiallyConsistent) }

    /// Takes one part after the other until all steps of the current run have ended.
    func takePart(thread: Int) {
        let run = run
        var waited = 0
        while true {
            let bits = position.load(ordering: .acquiring)
            let now = Position(bits: bits)
            guard now.run == run, Int(now.step) < parts.count else { return }
            if Int(now.part) < parts[Int(now.step)] {
                waited = 0
                take(now, bits, thread: thread)
            } else {
                waited += 1
                if waited < Self.spinLimit { cintrinsics_pause() } else { sched_yield() }
            }
        }
    }

    /// Runs the next part, if no other thread takes it first.
    private func take(_ now: Position, _ bits: UInt64, thread: Int) {
        let step = Int(now.step)
        let claim = position.compareExchange(expected: bits, desired: bits + 1, ordering: .acquiringAndReleasing)
        guard claim.exchanged else { return }
        body(thread, starts[step] + Int(now.part))
        guard ended.wrappingAdd(1, ordering: .acquiringAndReleasing).newValue == parts[step] else { return }
        ended.store(0, ordering: .relaxed)
        position.store(Position(run: now.run, step: now.step + 1, part: 0).bits, ordering: .releasing)
    }
}

/// Place in the work of all runs, as one atomic value.
private struct Position {
    var run: UInt32
    var step: UInt16
    var part: UInt16

    init(run: UInt32, step: UInt16, part: UInt16) {
        (self.run, self.step, self.part) = (run, step, part)
    }

    init(bits: UInt64) {
        run = UInt32(truncatingIfNeeded: bits >> 32)
        step = UInt16(truncatingIfNeeded: bits >> 16)
        part = UInt16(truncatingIfNeeded: bits)
    }

    var bits: UInt64 { UInt64(run) << 32 | UInt64(step) << 16 | UInt64(part) }
}

/// Thread that helps.
private final class Helper: Sendable {
    private let isAsleep = Atomic<Bool>(false)
    private let alarm = DispatchSemaphore(value: 0)

    /// Iterations of the loop in which a helper waits for the next run before it sleeps: about 50 µs.
    private static let spinLimit = 2000

    /// Takes part in one run after the other until the work is stopped.
    func serve(_ work: SharedWork, thread: Int) {
        var last: UInt32 = 0
        while !work.hasStopped {
            let run = work.run
            if run == last {
                waitForNext(after: last, work)
            } else {
                work.takePart(thread: thread)
                last = run
            }
        }
    }

    private func waitForNext(after last: UInt32, _ work: SharedWork) {
        for _ in 0..<Self.spinLimit {
            guard work.run == last, !work.hasStopped else { return }
            cintrinsics_pause()
        }
        isAsleep.store(true, ordering: .sequentiallyConsistent)
        // A run that began in the meantime may not have seen that this thread is asleep.
        let isNeeded = work.run != last || work.hasStopped
        if isNeeded, isAsleep.exchange(false, ordering: .sequentiallyConsistent) { return }
        alarm.wait()
    }

    /// Wakes the thread if it is asleep.
    func wake() {
        if isAsleep.exchange(false, ordering: .sequentiallyConsistent) { alarm.signal() }
    }
}
