/// Why a message was not delivered to its server. Never the password, nor what was said while
/// logging in.
package struct MailError: Error, Equatable, CustomStringConvertible {
  package enum Cause: Sendable, Equatable {
    /// Nothing was sent: the message or the settings cannot be right.
    case badMail(String)
    case transport(WebError.Cause)
    case encryptionRefused
    case loginRefused(code: Int)
    case rejected(code: Int, reply: String)
  }

  package var host: String
  package var cause: Cause

  static func badMail(_ problem: String) -> MailError {
    MailError(host: "", cause: .badMail(problem))
  }

  /// The server may have taken the message though we were not told; sending again may double it.
  package var mayHaveArrived: Bool {
    switch cause {
    case .badMail, .encryptionRefused, .loginRefused, .rejected: false
    case .transport(let cause):
      switch cause {
      case .badRequest, .tooLate, .unknownHost, .refused, .unreachable, .connectTimedOut, .tls:
        false
      case .timedOut, .bodyTooLong, .cutShort, .clientStopped, .other: true
      }
    }
  }

  package var description: String {
    switch cause {
    case .badMail(let problem): "mail not sent: \(problem)"
    case .transport(let cause):
      "mail: " + WebError(host: host, cause: cause, mayHaveArrived: mayHaveArrived).description
    case .encryptionRefused: "mail: \(host) offers no STARTTLS; nothing was sent without it"
    case .loginRefused(let code):
      "mail: \(host) refused the login (\(code)); check user and password"
    case .rejected(let code, let reply):
      "mail: \(host) rejected the message (\(code))" + (reply.isEmpty ? "" : ": \(reply)")
    }
  }
}
