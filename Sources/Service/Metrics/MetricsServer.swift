import Basics
import Glibc
import NIOCore
import NIOHTTP1
import NIOPosix

/// Answers over HTTP, on this machine only: how the service does, in figures and in a word.
///
/// It has a thread of its own, and nothing that a client does makes anything else wait.
public final class MetricsServer: Sendable {
    /// Where it listens.
    public enum Address: Equatable, Sendable {
        /// A TCP port of this machine's own address, as `127.0.0.1`; port 0 for any that is free.
        case loopback(host: String, port: Int)
        /// A Unix socket, for every user. One that was left over is replaced.
        case path(String)
        /// A socket that somebody else has opened.
        case descriptor(Int32)
    }

    /// What a client may take up.
    public struct Limits: Equatable, Sendable {
        /// How many may be connected at the same time.
        public var connections = 16
        /// How long a request may be.
        public var requestBytes = 8192
        /// For how long a client may be connected: it asks once, and gets one answer.
        public var seconds = 5.0

        public init() {}
    }

    /// Why it cannot listen.
    public struct Failure: Error, CustomStringConvertible {
        public let description: String
    }

    private let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    private let channel: any Channel

    /// Begins to listen.
    ///
    /// - Throws: ``Failure``.
    public init(_ address: Address, pages: MetricsPages, limits: Limits = Limits()) throws(Failure) {
        let connected = Guarded(0)
        let bootstrap = ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: Int32(limits.connections))
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { Self.admit($0, limits: limits, connected: connected, pages: pages) }
        do {
            switch address {
            case .loopback(let host, let port): channel = try bootstrap.bind(host: host, port: port).wait()
            case .path(let path):
                channel = try bootstrap.bind(unixDomainSocketPath: path, cleanupExistingSocketFile: true).wait()
                // For every user of this machine, as a port is. Who must not see it has no way into its folder.
                chmod(path, 0o666)
            case .descriptor(let descriptor): channel = try bootstrap.withBoundSocket(descriptor).wait()
            }
        } catch {
            group.shutdownGracefully { _ in }
            throw Failure(description: "metrics cannot be served on \(Self.name(address)): \(Self.phrase(error))")
        }
    }

    /// The TCP port that it listens on, if it is one.
    public var port: Int? { channel.localAddress?.port }

    /// Ends every connection, and listens no longer. Returns when that is done.
    public func stop() {
        try? channel.close().wait()
        try? group.syncShutdownGracefully()
    }

    /// Gets a connection ready for its request, unless there are too many.
    private static func admit(
        _ channel: any Channel, limits: Limits, connected: Guarded<Int>, pages: MetricsPages
    ) -> EventLoopFuture<Void> {
        let count = connected.withLock { count in
            count += 1
            return count
        }
        channel.closeFuture.whenComplete { _ in connected.withLock { $0 -= 1 } }
        guard count <= limits.connections else { return channel.close() }
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
