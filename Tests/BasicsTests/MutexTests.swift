import Basics
import Dispatch
import Testing

@Suite(.timeLimit(.minutes(10))) struct MutexTests {
    @Test func noChangeIsLost() {
        let counter = Mutex(0)
        DispatchQueue.concurrentPerform(iterations: 8) { _ in
            for _ in 0..<10_000 { counter.withLock { $0 += 1 } }
        }
        #expect(counter.withLock { $0 } == 80_000)
    }

    @Test func anErrorUnlocks() {
        struct Failed: Error {}
        let value = Mutex(0)
        #expect(throws: Failed.self) { try value.withLock { _ in throw Failed() } }
        #expect(value.withLock { $0 } == 0)
    }

    @Test func aConfinedValueIsReachedOnItsQueue() {
        let queue = DispatchQueue(label: "test")
        let confined = QueueConfined([Int](), on: queue)
        for number in 0..<100 { queue.async { confined.access { $0.append(number) } } }
        #expect(queue.sync { confined.access { $0 } } == Array(0..<100))
    }
}
