package import Desk
import HTTPClient
import TradingTime

extension SharekhanClient {
  /// Where the account's owner signs in. It carries the app's key and nothing else of ours.
  package func loginURL(for account: Account) throws -> String {
    let credentials = try credentials(account)
    var url = "\(settings.base)/auth/login.html?api_key=\(queryText(credentials.apiKey.reveal()))"
    if let vendor = credentials.vendorKey { url += "&vendor_key=\(queryText(vendor.reveal()))" }
    url += "&state=\(state)"
    if let version = credentials.flow.version { url += "&version_id=\(version)" }
    return url
  }

  /// Exchanges what the login page handed over, once: the broker takes a request token only one
  /// time, so nothing is tried again. `redirect` is the redirect's address or the bare token.
  package func signIn(_ account: Account, redirect: String) async throws -> SignInState {
    guard let requestToken = RequestToken(redirect) else {
      throw not(account, "no request_token in what was pasted; copy the whole redirect address")
    }
    let credentials = try credentials(account)
    let sealed = try exchangeToken(requestToken, account, credentials)
    let token = try await exchange(sealed, account, credentials)
    do {
      try store.keep(token, for: account.id)
    } catch {
      throw not(account, "\(error)")
    }
    return .signedIn(until: token.expiresAt)
  }

  /// Signs in without a person, which only a simulator's login page allows; refused for any other
  /// host.
  package func signInThroughLoginPage(_ account: Account) async throws -> SignInState {
    guard isLoopback(url: settings.base) else {
      throw not(account, "signing in without a person works with a simulator on loopback only")
    }
    let page = WebRequest(
      url: "\(try loginURL(for: account))&customer=\(account.customerID)",
      timeLimit: settings.requestTimeLimit, connectTimeLimit: settings.connectTimeLimit)
    let response = try await ask(page, "GET \(settings.basePath)/auth/login.html")
    guard (300...399).contains(response.status), let redirect = response.headers["location"] else {
      throw BrokerError.refused(
        status: response.status, message: "the login page gave no redirect with a token")
    }
    return try await signIn(account, redirect: redirect)
  }

  /// Tells the broker and forgets the account's token on this machine, whatever the broker says.
  ///
  /// - Throws: what kept the broker from ending the token; it is forgotten all the same.
  package func signOut(_ account: Account) async throws {
    let keys = Result { try self.keys(of: account) }
    try store.forget(account.id)
    // Nobody was signed in, or nobody is any more: nothing to end.
    guard let keys = try? keys.get() else { return }
    let path = "/services/logout/\(account.customerID)"
    let response = try await ask(
      WebRequest(
        url: settings.base + path, headers: keys.headers, timeLimit: settings.requestTimeLimit,
        connectTimeLimit: settings.connectTimeLimit), "GET \(settings.basePath)\(path)")
    let body = keys.masking(response.body)
    if let failure = Answer.failure(response.status, body, account: account.id) { throw failure }
  }

  private func exchangeToken(
    _ requestToken: RequestToken, _ account: Account, _ credentials: Credentials
  ) throws -> Secret {
    do {
      let cipher = try TokenCipher(secretKey: credentials.secretKey)
      let content = try cipher.open(requestToken)
      guard content.customerID == account.customerID else {
        throw not(
          account,
          "the login was customer \(Shown.text(content.customerID))'s, not \(account.customerID)'s")
      }
      return try cipher.seal(content, for: credentials.flow)
    } catch let problem as TokenCipher.Problem {
      throw not(account, problem.description)
    }
  }

  private func exchange(
    _ sealed: Secret, _ account: Account, _ credentials: Credentials
  ) async throws -> AccessToken {
    let keys = Keys(credentials, token: nil, besides: [sealed])
    let request = WebRequest(
      method: "POST", url: "\(settings.base)/services/access/token",
      headers: keys.headers, body: body(sealed, credentials),
      timeLimit: settings.requestTimeLimit, connectTimeLimit: settings.connectTimeLimit)
    let response = try await ask(request, "POST \(settings.basePath)/services/access/token")
    let words = keys.masking(response.body)
    if let failure = Answer.failure(response.status, words, account: account.id) { throw failure }
    guard let data = (try? JSONReader.read(response.body))?["data"],
      let text = data["token"]?.scalar, let customerID = data["customerId"]?.scalar
    else { throw not(account, "the broker's answer holds no token; get a new request token") }
    guard customerID == account.customerID else {
      throw not(
        account, "the token is customer \(Shown.text(customerID))'s, not \(account.customerID)'s")
    }
    let token = Secret(text)
    return AccessToken(
      token: token, customerID: customerID, loginID: data["loginId"]?.scalar ?? "",
      expiresAt: AccessToken.expiry(of: token) ?? AccessToken.endOfDay(after: now()))
  }

  private func body(_ sealed: Secret, _ credentials: Credentials) -> [UInt8] {
    var members = [
      JSON.Member(key: "apiKey", value: .text(credentials.apiKey.reveal())),
      JSON.Member(key: "requestToken", value: .text(sealed.reveal())),
      JSON.Member(key: "state", value: .number(state)),
    ]
    if let vendor = credentials.vendorKey {
      // The broker's own clients disagree on the spelling; it ignores the one it does not know.
      for key in ["vendorkey", "vendorKey"] {
        members.append(JSON.Member(key: key, value: .text(vendor.reveal())))
      }
    }
    if let version = credentials.flow.version {
      members.append(JSON.Member(key: "versionId", value: .number("\(version)")))
    }
    return Array(JSON.object(members).spelledForBroker.utf8)
  }

  private func ask(_ request: WebRequest, _ shown: String) async throws -> WebResponse {
    let sentAt = now()
    do {
      let response = try await web.request(request)
      noteTime(response, sentAt: sentAt, receivedAt: now())
      return response
    } catch let error as WebError {
      throw error.brokerError(shown)
    }
  }

  private func not(_ account: Account, _ reason: String) -> BrokerError {
    .notSignedIn(account: account.id, reason: reason)
  }
}

/// Echoed by the broker and used for nothing; the number that its own clients send.
private let state = "12345"

private func queryText(_ text: String) -> String {
  text.utf8.map { byte in
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E: String(UnicodeScalar(byte))
    default: "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
    }
  }.joined()
}
