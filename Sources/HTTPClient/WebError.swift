/// Why there is no answer: the host and what happened. Never a path, a query, a header or a body.
package struct WebError: Error, Equatable, CustomStringConvertible {
  package enum Cause: Sendable, Equatable {
    /// Nothing was sent: the request itself cannot be right.
    case badRequest(String)
    /// Nothing was sent: it was later than `startsBefore` when it could have been.
    case tooLate
    case unknownHost
    case refused
    case unreachable(String)
    case connectTimedOut(Duration)
    case timedOut(Duration)
    case tls(String)
    case bodyTooLong(limit: Int)
    /// The connection ended before the answer did.
    case cutShort
    case clientStopped
    case other(code: Int, text: String)
  }

  package var host: String
  package var cause: Cause
  /// False only if not one byte of the request can have left. Whoever moves money asks this first.
  package var mayHaveArrived: Bool

  package init(host: String, cause: Cause, mayHaveArrived: Bool) {
    self.host = host
    self.cause = cause
    self.mayHaveArrived = mayHaveArrived
  }

  package var description: String {
    switch cause {
    case .badRequest(let problem): "request to \(host) not sent: \(problem)"
    case .tooLate: "request to \(host) not sent: it could not begin in time"
    case .unknownHost: "no address is known for \(host); check the name and the resolver"
    case .refused: "\(host) refused the connection; is it running, and is the port right?"
    case .unreachable(let reason): "\(host) could not be reached: \(reason)"
    case .connectTimedOut(let limit): "no connection to \(host) within \(spelled(limit))"
    case .timedOut(let limit): "\(host) timed out after \(spelled(limit))"
    case .tls(let problem): "TLS with \(host) failed: \(problem)"
    case .bodyTooLong(let limit): "the answer of \(host) is longer than \(limit) bytes"
    case .cutShort: "\(host) closed the connection before its answer was complete"
    case .clientStopped: "request to \(host) dropped: the client was stopped"
    case .other(let code, let text): "request to \(host) failed: \(text) (libcurl \(code))"
    }
  }
}

/// `250ms`, `5s`: the spelling of the configuration, so that a limit is found where it was set.
func spelled(_ span: Duration) -> String {
  let milliseconds = span.wholeMilliseconds
  return milliseconds % 1000 == 0 ? "\(milliseconds / 1000)s" : "\(milliseconds)ms"
}

extension Duration {
  /// Rounded up: a limit shorter than a millisecond must not become libcurl's 0, which means none.
  var wholeMilliseconds: Int {
    let (seconds, attoseconds) = components
    return Int(seconds) * 1000 + Int((attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000)
  }
}
