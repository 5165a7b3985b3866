import Basics
import CLinux
import Dispatch
import Foundation
import Glibc
import TestSupport
import Testing

/// Queues for calls that block.
@Suite(.timeLimit(.minutes(10))) struct ThreadQueueTests {
    @Test func workIsDoneInOrderAndOnePieceAtATime() {
        let queue = ThreadQueue(label: "order")
        let done = Mutex<[Int]>([])
        let over = DispatchGroup()
        for number in 0..<100 {
            over.enter()
            queue.async {
                #expect(queue.isCurrent)
                done.withLock { $0.append(number) }
                over.leave()
            }
        }
        over.wait()
        #expect(done.withLock { $0 } == Array(0..<100))
        #expect(!queue.isCurrent)
    }

    /// Dispatch would begin 255 of them, and nothing else would be done until one ends.
    @Test func threeHundredCallsThatBlockLeaveRoomForOthers() {
        let begun = DispatchSemaphore(value: 0)
        let goOn = DispatchSemaphore(value: 0)
        let over = DispatchGroup()
        let queues = (0..<300).map { ThreadQueue(label: "blocked \($0)") }
        for queue in queues {
            over.enter()
            queue.async {
                begun.signal()
                goOn.wait()
                over.leave()
            }
        }
        for _ in queues { #expect(begun.wait(timeout: .now() + TestTimeout.seconds) == .success) }
        let other = DispatchSemaphore(value: 0)
        DispatchQueue(label: "other").async { other.signal() }
        #expect(other.wait(timeout: .now() + TestTimeout.seconds) == .success)
        for _ in queues { goOn.signal() }
        over.wait()
    }

    @Test func theThreadEndsWithTheLastPieceOfWork() throws {
        let queue = ThreadQueue(label: "short-lived")
        let done = DispatchSemaphore(value: 0)
        for _ in 0..<3 {
            queue.async { done.signal() }
            done.wait()
            #expect(TestTimeout.wait { !Self.threads.contains("short-lived") })
        }
    }

    /// The C library gives it one that another thread has left, of up to four times the size.
    @Test func itsThreadHasASmallStack() {
        let queue = ThreadQueue(label: "small")
        let size = Mutex(0)
        let done = DispatchSemaphore(value: 0)
        queue.async {
            var attributes = pthread_attr_t()
            pthread_getattr_np(pthread_self(), &attributes)
            size.withLock { _ = pthread_attr_getstacksize(&attributes, &$0) }
            pthread_attr_destroy(&attributes)
            done.signal()
        }
        done.wait()
        #expect((1...4).contains(size.withLock { $0 } / ThreadQueue.readerStack))
    }

    /// The names of the threads that this process has.
    private static var threads: [String] {
        let folder = "/proc/self/task"
        return ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).map {
            let name = try? String(contentsOfFile: "\(folder)/\($0)/comm", encoding: .utf8)
            return name?.trimmingCharacters(in: .newlines) ?? ""
        }
    }
}
