import CCurl
import Glibc

/// A mail server and how to speak to it.
package struct MailServer: Sendable {
  /// `smtp://host:587` or `smtps://host:465`.
  package var url: String
  /// For `smtp://`: go on only if the server agrees to TLS.
  package var requiresStartTLS: Bool
  package var user: String?
  package var password: Secret?
  /// The name we greet with.
  package var greetingName: String
  package var timeLimit: Duration
  package var connectTimeLimit: Duration
  package var certificateFile: String?

  package init(
    url: String, requiresStartTLS: Bool = true, user: String? = nil, password: Secret? = nil,
    greetingName: String = "localhost", timeLimit: Duration = .seconds(30),
    connectTimeLimit: Duration = .seconds(10), certificateFile: String? = nil
  ) {
    self.url = url
    self.requiresStartTLS = requiresStartTLS
    self.user = user
    self.password = password
    self.greetingName = greetingName
    self.timeLimit = timeLimit
    self.connectTimeLimit = connectTimeLimit
    self.certificateFile = certificateFile
  }
}

/// Mail over the client's engine. Delivered means that the server took the message for all
/// recipients.
package struct Mailer: Sendable {
  private let server: MailServer
  private let client: WebClient

  package init(_ server: MailServer, client: WebClient) {
    self.server = server
    self.client = client
  }

  /// The server's last reply code, 250 as a rule; anything short of acceptance throws `MailError`.
  @discardableResult
  package func send(_ mail: Mail) async throws -> Int {
    let (errand, host) = try server.errand(for: mail)
    switch await client.engine.run(errand) {
    case .cancelled: throw CancellationError()
    case .stopped: throw MailError(host: host, cause: .transport(.clientStopped))
    case .finished(let outcome):
      if let cause = outcome.failure(of: server) { throw MailError(host: host, cause: cause) }
      return outcome.status
    }
  }
}

extension MailServer {
  fileprivate func errand(for mail: Mail) throws -> (Errand, host: String) {
    let address = WebAddress(url)
    let host = address?.hostAndPort ?? "(no address)"
    if let problem = problem(address) { throw MailError(host: host, cause: .badMail(problem)) }
    var errand = Errand(
      url: "\(url.hasSuffix("/") ? String(url.dropLast()) : url)/\(greetingName)",
      protocols: "smtp,smtps", timeLimit: timeLimit, connectTimeLimit: connectTimeLimit,
      answerLimit: 1 << 20)
    errand.settings += [
      .text(CURLOPT_PROXY, ""),
      .text(CURLOPT_MAIL_FROM, "<\(mail.from.mailbox)>"),
      .list(CURLOPT_MAIL_RCPT, mail.to.map { "<\($0.mailbox)>" }),
      .number(
        CURLOPT_USE_SSL, Int((requiresStartTLS ? CURLUSESSL_ALL : CURLUSESSL_NONE).rawValue)),
      // A kept connection that died would make libcurl send the message a second time.
      .number(CURLOPT_FRESH_CONNECT, 1),
      .number(CURLOPT_FORBID_REUSE, 1),
    ]
    if let user { errand.settings.append(.text(CURLOPT_USERNAME, user)) }
    if let password { errand.settings.append(.text(CURLOPT_PASSWORD, password.reveal())) }
    if let certificateFile { errand.settings.append(.text(CURLOPT_CAINFO, certificateFile)) }
    errand.upload = try mail.message()
    return (errand, host)
  }

  private func problem(_ address: WebAddress?) -> String? {
    guard let address, ["smtp", "smtps"].contains(address.scheme) else {
      return "the server's address is malformed (expected smtp://host:587 or smtps://host:465)"
    }
    if address.hasCredentials { return "the server's address carries a user name; set it apart" }
    if (user == nil) != (password == nil) { return "user and password belong together" }
    let isPlain = address.scheme == "smtp" && !requiresStartTLS
    if password != nil && isPlain && !address.isLoopback {
      return "a password would cross the network in the clear; require STARTTLS or use smtps://"
    }
    let isName = greetingName.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "/") }
    return isName && !greetingName.isEmpty ? nil : "the greeting name is malformed"
  }
}

extension Outcome {
  fileprivate func failure(of server: MailServer) -> MailError.Cause? {
    switch code {
    case CURLE_OK: nil
    case CURLE_LOGIN_DENIED: .loginRefused(code: status)
    case CURLE_USE_SSL_FAILED: .encryptionRefused
    case CURLE_OPERATION_TIMEDOUT:
      .transport(
        timings.connected == .zero && server.connectTimeLimit < server.timeLimit
          ? .connectTimedOut(server.connectTimeLimit) : .timedOut(server.timeLimit))
    case CURLE_COULDNT_RESOLVE_HOST: .transport(.unknownHost)
    case CURLE_COULDNT_CONNECT:
      .transport(systemError == ECONNREFUSED ? .refused : .unreachable(systemErrorText))
    case _ where isTLSFailure: .transport(.tls(codeText))
    case _ where status >= 400: .rejected(code: status, reply: reply(hiding: server))
    case CURLE_GOT_NOTHING, CURLE_RECV_ERROR, CURLE_SEND_ERROR: .transport(.cutShort)
    default: .transport(.other(code: Int(code.rawValue), text: codeText))
    }
  }

  /// The server's own words, unless it repeats what only it and we should know.
  private func reply(hiding server: MailServer) -> String {
    let words = lines.last { $0.hasPrefix("\(status)") }?.dropFirst(4) ?? ""
    if let password = server.password?.reveal(), words.contains(password) { return "" }
    return String(words.prefix(200).filter { $0.isASCII && $0 >= " " })
  }
}
