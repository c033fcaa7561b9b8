import CCurl
import Foundation
import Synchronization

/// The only user of libcurl: a thread, and the connections that it keeps alive for everyone.
///
/// Callers await `response(to:)`; that wait is the back-pressure. At most
/// `maximumTransferCount` transfers run at a time; who comes later waits, within the request's
/// own timeout.
package final class HTTPClient: Sendable {
    /// Nothing is waited for longer, whatever a request says.
    static let longestTimeout = Duration.seconds(86_400)

    let mailbox = Mailbox()

    /// - Parameters:
    ///   - maximumTransferCount: Transfers at the same time; at least 1.
    ///   - maximumIdleConnectionCount: Connections kept open for the next request; where hosts
    ///     fall unevenly into the pools, up to twice as many.
    /// - Throws: `HTTPError` of the kind `failure` where libcurl is not installed.
    package init(
        maximumTransferCount: Int = 256, maximumIdleConnectionCount: Int = 4096
    ) throws(HTTPError) {
        try CurlLibrary.load()
        let mailbox = mailbox
        Thread.detachNewThread {
            ThreadName.set("mlmon-http")
            Self.blockSignals()
            do throws(HTTPError) {
                let loop = try TransferLoop(
                    mailbox, maximumTransferCount: max(maximumTransferCount, 1),
                    maximumIdleConnectionCount: max(maximumIdleConnectionCount, 1))
                loop.run()
            } catch {
                mailbox.end(because: error)
            }
        }
    }

    deinit { mailbox.beginShutdown() }

    /// The answer, whatever its status. Cancelling the task ends the transfer.
    ///
    /// - Throws: `HTTPError` where no whole answer came within the limits of the request.
    package func response(to request: HTTPRequest) async throws(HTTPError) -> HTTPResponse {
        let ticket = Ticket()
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                mailbox.submit(
                    Job(
                        request, ticket: ticket,
                        timeout: min(request.timeout, Self.longestTimeout),
                        continuation: continuation))
            }
        } onCancel: {
            mailbox.cancel(ticket)
        }
        return try result.get()
    }

    /// Ends every transfer with the error `shutDown` and returns when the thread is through.
    package func shutdown() async {
        mailbox.beginShutdown()
        await mailbox.waitForEnd()
    }

    /// OpenSSL may write to a closed socket: the signal of that must not end the program, and
    /// signals for the program must not land here.
    private static func blockSignals() {
        var signals = sigset_t()
        sigfillset(&signals)
        pthread_sigmask(SIG_BLOCK, &signals, nil)
    }
}
