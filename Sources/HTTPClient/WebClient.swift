import CCurl
import Glibc
package import Threads

/// How a client reaches the world. The environment's proxy variables are not read: where requests
/// with tokens go is a matter of configuration only.
package struct WebSettings: Sendable {
  /// `http://host:port`, for all requests; nil: none.
  package var proxy: String?
  /// A PEM file used instead of the system's certificate authorities.
  package var certificateFile: String?
  package var userAgent: String

  package init(
    proxy: String? = nil, certificateFile: String? = nil, userAgent: String = "muhurat"
  ) {
    self.proxy = proxy
    self.certificateFile = certificateFile
    self.userAgent = userAgent
  }
}

/// HTTP requests over libcurl on a poll thread: connections kept between them,
/// certificates always checked, redirects never followed.
package final class WebClient: Sendable {
  let settings: WebSettings
  let engine: Engine

  package init(_ settings: WebSettings = WebSettings(), on thread: PollThread = .shared) {
    self.settings = settings
    engine = Engine(on: thread)
  }

  /// The whole answer or a `WebError`. Cancelling the task takes the transfer down first and then
  /// throws `CancellationError`.
  package func request(_ request: WebRequest) async throws -> WebResponse {
    let (errand, host) = try request.errand(settings)
    switch await engine.run(errand) {
    case .cancelled: throw CancellationError()
    case .stopped: throw WebError(host: host, cause: .clientStopped, mayHaveArrived: true)
    case .finished(let outcome):
      if let cause = outcome.failure(of: request) {
        throw WebError(host: host, cause: cause, mayHaveArrived: outcome.reachedSending)
      }
      return WebResponse(
        status: outcome.status, headers: WebHeaders(lines: outcome.lines), body: outcome.body,
        timings: outcome.timings)
    }
  }
}

extension Outcome {
  fileprivate func failure(of request: WebRequest) -> WebError.Cause? {
    switch code {
    case CURLE_OK: nil
    case _ where cameTooLate: .tooLate
    case CURLE_WRITE_ERROR where answerOverran: .bodyTooLong(limit: request.bodyLimit)
    case CURLE_OPERATION_TIMEDOUT: timedOut(request)
    case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY: .unknownHost
    case CURLE_COULDNT_CONNECT:
      systemError == ECONNREFUSED ? .refused : .unreachable(systemErrorText)
    case _ where !reachedSending && proxyStatus >= 300:
      .unreachable("the proxy answered \(proxyStatus)")
    case CURLE_GOT_NOTHING, CURLE_PARTIAL_FILE, CURLE_RECV_ERROR, CURLE_SEND_ERROR:
      reachedSending ? .cutShort : .unreachable(systemErrorText)
    default: isTLSFailure ? .tls(codeText) : .other(code: Int(code.rawValue), text: codeText)
    }
  }

  private func timedOut(_ request: WebRequest) -> WebError.Cause {
    let connectLimitWasFirst = request.connectTimeLimit < request.timeLimit
    return !reachedSending && connectLimitWasFirst
      ? .connectTimedOut(request.connectTimeLimit) : .timedOut(request.timeLimit)
  }

  var isTLSFailure: Bool {
    [
      CURLE_SSL_CONNECT_ERROR, CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CERTPROBLEM,
      CURLE_SSL_CIPHER, CURLE_SSL_CACERT_BADFILE, CURLE_SSL_ISSUER_ERROR,
      CURLE_SSL_INVALIDCERTSTATUS,
      CURLE_USE_SSL_FAILED,
    ].contains(code)
  }

  var systemErrorText: String {
    systemError == 0 ? codeText : String(cString: strerror(systemError))
  }
}
