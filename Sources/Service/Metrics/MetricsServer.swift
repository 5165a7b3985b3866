import Basics
import Events
import Glibc
import NIOCore
import NIOHTTP1
import NIOPosix

/// Answers over HTTP, on this machine only: how the service does, in figures and in a word.
///
/// It has a thread of its own, and nothing that a client does makes anything else wait.
package final class MetricsServer: Sendable {
    /// Where it listens.
    package enum Address: Equatable, Sendable {
        /// A TCP port of this machine's own address, as `127.0.0.1`; port 0 for any that is free.
        case loopback(host: String, port: Int)
        /// A Unix socket, for every user. One that was left over is replaced.
        case path(String)
        /// A socket that somebody else has opened.
        case descriptor(Int32)
    }

    /// What a client may take up.
    package struct Limits: Equatable, Sendable {
        /// How many may be connected at the same time. For one more, the one that has been connected for the longest is
        /// cut off: an answer takes less than a millisecond, so that one is not asking for anything.
        package var connections = 64
        /// How long a request may be.
        package var requestBytes = 8192
        /// For how long a client may be connected: it asks once, and gets one answer.
        package var seconds = 5.0

        package init() {}
    }

    /// Why it cannot listen.
    package struct Failure: Error, CustomStringConvertible {
        package let description: String
    }

    private let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    private let channel: any Channel
    /// If it is a Unix socket.
    private let listener: ListeningSocket?
    private let isStopped = Mutex(false)

    /// How many connections wait to be accepted.
    private static let backlog: Int32 = 512

    /// Begins to listen.
    ///
    /// - Parameter old: may have the Unix socket that is to be replaced. It is found until ``publish()``.
    /// - Throws: ``Failure``.
    package init(
        _ address: Address, pages: MetricsPages, limits: Limits = Limits(), replacing old: MetricsServer? = nil
    ) throws(Failure) {
        let connected = Mutex<[any Channel]>([])
        let bootstrap = ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: Self.backlog)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { Self.admit($0, limits: limits, connected: connected, pages: pages) }
        do {
            switch address {
            case .loopback(let host, let port):
                listener = nil
                channel = try bootstrap.bind(host: host, port: port).wait()
            case .path(let path):
                // For every user of this machine, as a port is. Who must not see it has no way into its folder.
                let listener = try ListeningSocket(path: path, mode: 0o666, group: nil, replacing: old?.listener)
                self.listener = listener
                channel = try bootstrap.withBoundSocket(fcntl(listener.descriptor, F_DUPFD_CLOEXEC, 0)).wait()
            case .descriptor(let descriptor):
                listener = nil
                channel = try bootstrap.withBoundSocket(descriptor).wait()
            }
        } catch {
            group.shutdownGracefully { _ in }
            throw Self.failure(address, error)
        }
    }

    /// Can be found from now on, if it is a Unix socket. A port is found from the beginning.
    ///
    /// - Throws: ``Failure``. Then what was there before still is.
    package func publish() throws(Failure) {
        do { try listener?.publish() } catch { throw Failure(description: "metrics cannot be served on \(error)") }
    }

    /// Forgets what was there before: ``publish()`` is for good.
    package func settle() { listener?.settle() }

    /// The TCP port that it listens on, if it is one.
    package var port: Int? { channel.localAddress?.port }

    deinit {
        // One that was prepared and not used.
        guard !isStopped.withLock({ $0 }) else { return }
        channel.close(promise: nil)
        group.shutdownGracefully { _ in }
    }

    /// Ends every connection, and listens no longer. Returns when that is done.
    package func stop() {
        isStopped.withLock { $0 = true }
        listener?.remove()
        try? channel.close().wait()
        try? group.syncShutdownGracefully()
    }

    /// Gets a connection ready for its request. If there are too many, the oldest one is cut off.
    private static func admit(
        _ channel: any Channel, limits: Limits, connected: Mutex<[any Channel]>, pages: MetricsPages
    ) -> EventLoopFuture<Void> {
        let oldest = connected.withLock { connected -> (any Channel)? in
            connected.append(channel)
            return connected.count > limits.connections ? connected.removeFirst() : nil
        }
        oldest?.close(promise: nil)
        channel.closeFuture.whenComplete { _ in connected.withLock { $0.removeAll { $0 === channel } } }
        let end = channel.eventLoop.scheduleTask(in: .nanoseconds(Int64(limits.seconds * 1e9))) {
            channel.close(promise: nil)
        }
        channel.closeFuture.whenComplete { _ in end.cancel() }
        return channel.eventLoop.makeCompletedFuture {
            let pipeline = channel.pipeline.syncOperations
            try pipeline.addHandler(RequestLimiter(mostBytes: limits.requestBytes))
            try pipeline.configureHTTPServerPipeline()
            try pipeline.addHandler(RequestHandler(pages: pages))
        }
    }

    private static func failure(_ address: Address, _ error: any Error) -> Failure {
        // It says which socket it is about.
        if let error = error as? EventSocket.Failure {
            return Failure(description: "metrics cannot be served on \(error)")
        }
        return Failure(description: "metrics cannot be served on \(name(address)): \(phrase(error))")
    }

    private static func name(_ address: Address) -> String {
        switch address {
        case .loopback(let host, let port): "\(host.contains(":") ? "[\(host)]" : host):\(port)"
        case .path(let path): path
        case .descriptor(let descriptor): "descriptor \(descriptor)"
        }
    }

    private static func phrase(_ error: any Error) -> String {
        (error as? IOError).map { systemPhrase($0.errnoCode) } ?? "\(error)"
    }
}
