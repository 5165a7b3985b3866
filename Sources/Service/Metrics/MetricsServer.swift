import Basics
import Events
import Glibc
import NIOCore
import NIOHTTP1
import NIOPosix

/// HTTP server for metrics, liveness and readiness, on this machine only.
///
/// It has its own thread. A client can delay no other part of the service.
package final class MetricsServer: Sendable {
    /// Address at which the server listens.
    package enum Address: Equatable, Sendable {
        /// A TCP port of a loopback address such as `127.0.0.1`; port 0 for any free port.
        case loopback(host: String, port: Int)
        /// A Unix socket for every user. A stale one is replaced.
        case path(String)
        /// A listening socket that was passed to the program.
        case descriptor(Int32)
    }

    /// Limits of clients.
    package struct Limits: Equatable, Sendable {
        /// Clients that may be connected at the same time. One more disconnects the oldest: an answer takes less than a
        /// millisecond, so the oldest is not asking for anything.
        package var connections = 64
        /// Bytes of a request at most.
        package var requestBytes = 8192
        /// Seconds that a client may be connected. It sends one request, and gets one answer.
        package var seconds = 5.0

        package init() {}
    }

    /// Reason why the server cannot listen.
    package struct Failure: Error, CustomStringConvertible {
        package let description: String
    }

    private let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    private let channel: any Channel
    /// The Unix socket, if the server listens on one.
    private let listener: ListeningSocket?
    private let isStopped = Mutex(false)

    /// Connections that may wait to be accepted.
    private static let backlog: Int32 = 512

    /// Starts to listen.
    ///
    /// - Parameter old: a server whose Unix socket may have the same path. Clients reach it until ``publish()``.
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
                // For every user of this machine, as a port is. The permissions of the folder restrict access.
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

    /// Makes a Unix socket visible under its path. A port is visible from the start.
    ///
    /// - Throws: ``Failure``. The previous socket then stays.
    package func publish() throws(Failure) {
        do { try listener?.publish() } catch { throw Failure(description: "metrics cannot be served on \(error)") }
    }

    /// Undoes ``publish()``: clients reach the previous socket again.
    package func withdraw() { listener?.withdraw() }

    /// Makes ``publish()`` final: the previous socket is gone.
    package func settle() { listener?.settle() }

    /// TCP port on which the server listens, if it does.
    package var port: Int? { channel.localAddress?.port }

    deinit {
        // The server was prepared and not used.
        guard !isStopped.withLock({ $0 }) else { return }
        channel.close(promise: nil)
        group.shutdownGracefully { _ in }
    }

    /// Closes every connection, and stops listening. Returns when that is done.
    package func stop() {
        isStopped.withLock { $0 = true }
        listener?.remove()
        try? channel.close().wait()
        try? group.syncShutdownGracefully()
    }

    /// Prepares a connection for its request, and closes the oldest if there are too many.
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
        // The error names the socket.
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

/// Handler that closes a connection whose request is too long.
final class RequestLimiter: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private var rest: Int

    init(mostBytes: Int) { rest = mostBytes }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        rest -= unwrapInboundIn(data).readableBytes
        if rest >= 0 { context.fireChannelRead(data) } else { context.close(promise: nil) }
    }
}

/// Handler that answers one request, and closes the connection.
final class RequestHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let pages: MetricsPages
    private var request: HTTPRequestHead?

    init(pages: MetricsPages) { self.pages = pages }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head): request = head
        case .body: break
        case .end:
            guard let request = self.request.take() else { return }
            answer(request, context)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    private func answer(_ request: HTTPRequestHead, _ context: ChannelHandlerContext) {
        let answer = pages.answer(method: request.method.rawValue, target: request.uri)
        let headers: HTTPHeaders = [
            "Content-Type": answer.contentType, "Content-Length": "\(answer.body.utf8.count)", "Connection": "close",
            "Cache-Control": "no-store",
        ]
        let head = HTTPResponseHead(
            version: request.version, status: HTTPResponseStatus(statusCode: answer.status), headers: headers)
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        if request.method != .HEAD {
            context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(string: answer.body)))), promise: nil)
        }
        let channel = context.channel
        context.writeAndFlush(wrapOutboundOut(.end(nil))).whenComplete { _ in channel.close(promise: nil) }
    }
}
