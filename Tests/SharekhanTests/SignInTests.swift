import Desk
import FoundationEssentials
import HTTPClient
import Testing
import TradingTime

@testable import Sharekhan

@Suite(.timeLimit(.minutes(10)))
struct `Signing in` {
  typealias Reply = ScriptedBroker.Reply

  let directory: ScratchDirectory

  init() throws {
    directory = try ScratchDirectory()
  }

  /// A token as the broker makes them; only its `exp` is ever read.
  private func token(exp: String) -> String {
    let payload = Base64.encodeForURL(
      Array(#"{"jti":"b64/+=","iat":1783560000,"exp":\#(exp)}"#.utf8))
    return "eyJ0eXAiOiJzZWMiLCJhbGciOiJIUzI1NiJ9.\(payload).c2lnbmF0dXJl"
  }

  private func accepted(_ token: String, customer: String = "\"1234567\"") -> Reply {
    Reply(
      body: Fixture.envelope(
        "access_token",
        #"""
        {"token":"\#(token)","state":"12345","fullName":"TEST USER","customerId":\#(customer),
        "loginId":"LOGINID1","userId":null,"btplusServiceEnabled":false,
        "exchanges":["NF","BF","MX","BC","NC"],"broker":"Sharekhan"}
        """#))
  }

  private func failure(
    _ client: SharekhanClient, _ redirect: String = TokenVector.all[0].urlToken
  ) async -> String? {
    do {
      return "\(try await client.signIn(asha, redirect: redirect))"
    } catch {
      return (error as? BrokerError)?.description
    }
  }

  @Test func `sends the page's address with the app's key and nothing secret`() throws {
    let plain = try client("https://api.sharekhan.com/skapi", directory, flow: .plain)
    #expect(
      try plain.loginURL(for: asha)
        == "https://api.sharekhan.com/skapi/auth/login.html?api_key=TESTAPIKEY0001&state=12345")
    let vendor = try client(
      "https://api.sharekhan.com/skapi", directory, vendorKey: Secret("VEND+01"))
    #expect(
      try vendor.loginURL(for: asha)
        == "https://api.sharekhan.com/skapi/auth/login.html?api_key=TESTAPIKEY0001"
        + "&vendor_key=VEND%2B01&state=12345&version_id=1005")
  }

  @Test func `exchanges the token in the version flow and keeps the day's right`() async throws {
    let jwt = token(exp: "1783621799")
    let broker = try ScriptedBroker([accepted(jwt)])
    let client = try client(broker.base, directory)
    let state = try await client.signIn(
      asha, redirect: "http://localhost/?request_token=\(TokenVector.all[0].urlToken)&state=12345")
    #expect(state == .signedIn(until: evening))
    #expect(client.signInState(of: asha) == .signedIn(until: evening))
    #expect(try client.store.token(of: "asha") == signedIn(jwt))
    #expect(
      broker.asked.map { [$0.line, $0.body] } == [
        [
          "POST /skapi/services/access/token HTTP/1.1",
          #"{"apiKey": "TESTAPIKEY0001", "requestToken": "\#(TokenVector.all[0].urlAnswer)", "#
            + #""state": 12345, "versionId": 1005}"#,
        ]
      ])
    #expect(broker.header("access-token") == nil)
  }

  @Test func `exchanges the token in the plain flow, for a vendor too`() async throws {
    let broker = try ScriptedBroker([accepted(token(exp: "\"1783621799\""), customer: "1234567")])
    let client = try client(broker.base, directory, vendorKey: Secret("VEND01"), flow: .plain)
    _ = try await client.signIn(asha, redirect: TokenVector.all[0].plainToken)
    #expect(
      broker.asked.map(\.body) == [
        #"{"apiKey": "TESTAPIKEY0001", "requestToken": "\#(TokenVector.all[0].plainAnswer)", "#
          + #""state": 12345, "vendorkey": "VEND01", "vendorKey": "VEND01"}"#
      ])
  }

  @Test(arguments: ["null", "\"soon\"", "-1", "99999999999999999999"])
  func `takes the day's end where the token does not tell its own`(_ exp: String) async throws {
    let broker = try ScriptedBroker([accepted(token(exp: exp))])
    let state = try await client(broker.base, directory)
      .signIn(asha, redirect: TokenVector.all[0].urlToken)
    #expect(state == .signedIn(until: evening))
  }

  @Test func `ends at the broker's refusal, after one try`() async throws {
    let broker = try ScriptedBroker([
      Reply(
        status: 400,
        body:
          #"{"status":400,"message":"Request token is invalid","errorType":"input_error"}"#),
      accepted(token(exp: "1783621799")),
    ])
    let text = await failure(try client(broker.base, directory))
    #expect(text == "the broker refused (400): Request token is invalid, input_error")
    #expect(broker.asked.count == 1)
    #expect(directory.names == [])
  }

  @Test func `shows nothing of what the broker repeats in a refusal`() async throws {
    let sent = try ScriptedBroker([Reply(status: 400, body: #"{"message":"wrong"}"#)])
    _ = await failure(try client(sent.base, directory))
    let body = try #require(sent.asked.first?.body)
    let sealed = try #require((try? JSONReader.read(Array(body.utf8)))?["requestToken"]?.scalar)
    let broker = try ScriptedBroker([
      Reply(status: 400, body: #"{"message":"TESTAPIKEY0001 sent \#(sealed)"}"#)
    ])
    let text = await failure(try client(broker.base, directory))
    #expect(text?.contains("TESTAPIKEY0001") == false)
    #expect(text?.contains(sealed.prefix(8)) == false)
  }

  @Test func `refuses another customer's login before and after the exchange`() async throws {
    let other = try TokenCipher(secretKey: Secret(secretKey)).seal(
      TokenCipher.Content(requestID: "7654321", customerID: "rqid"), for: .plain)
    let broker = try ScriptedBroker([
      accepted(token(exp: "1783621799"), customer: "\"7654321\"")
    ])
    let client = try client(broker.base, directory)
    #expect(
      await failure(client, other.reveal())
        == "asha is not signed in: the login was customer 7654321's, not 1234567's; "
        + "run: muhurat sign-in asha")
    #expect(broker.asked == [])
    #expect(
      await failure(client)
        == "asha is not signed in: the token is customer 7654321's, not 1234567's; "
        + "run: muhurat sign-in asha")
    #expect(directory.names == [])
  }

  @Test(arguments: [
    (
      "http://localhost/?state=1",
      "no request_token in what was pasted; copy the whole redirect address"
    ),
    (
      TokenVector.all[1].urlToken,
      "the request token does not belong to this secret key, or was cut"
    ),
    ("not*base64", "the request token is no base64; copy the whole redirect address"),
  ])
  func `says what is wrong with what was pasted`(_ pasted: String, _ reason: String) async throws {
    let broker = try ScriptedBroker([])
    #expect(
      await failure(try client(broker.base, directory), pasted)
        == "asha is not signed in: \(reason); run: muhurat sign-in asha")
    #expect(broker.asked == [])
  }

  @Test func `through the simulator's login page needs no person`() async throws {
    let location = "http://localhost/?request_token=\(TokenVector.all[0].urlToken)&state=12345"
    let broker = try ScriptedBroker([
      Reply(status: 302, headers: ["Location: \(location)"]), accepted(token(exp: "1783621799")),
    ])
    let state = try await client(broker.base, directory).signInThroughLoginPage(asha)
    #expect(state == .signedIn(until: evening))
    #expect(
      broker.asked.map(\.line) == [
        "GET /skapi/auth/login.html?api_key=TESTAPIKEY0001&state=12345&version_id=1005"
          + "&customer=1234567 HTTP/1.1",
        "POST /skapi/services/access/token HTTP/1.1",
      ])
  }

  @Test func `without a person is refused by any broker that is not on this machine`() async throws
  {
    let client = try client("https://api.sharekhan.com/skapi", directory)
    await #expect(
      throws: BrokerError.notSignedIn(
        account: "asha",
        reason: "signing in without a person works with a simulator on loopback only")
    ) { try await client.signInThroughLoginPage(asha) }
  }

  @Test func `ends at the broker and here, whatever the broker says`() async throws {
    let broker = try ScriptedBroker([
      Reply(body: Fixture.envelope("logout", "\"success\"")), Reply(status: 500),
    ])
    let client = try client(broker.base, directory)
    try client.store.keep(signedIn(), for: "asha")
    try await client.signOut(asha)
    #expect(broker.asked.map(\.line) == ["GET /skapi/services/logout/1234567 HTTP/1.1"])
    #expect(broker.header("access-token") == "TESTTOKEN.abc.def")
    #expect(client.signInState(of: asha) == .notSignedIn(reason: "nobody has signed in"))
    try client.store.keep(signedIn(), for: "asha")
    await #expect(throws: BrokerError.refused(status: 500, message: "an empty answer")) {
      try await client.signOut(asha)
    }
    #expect(directory.names == [])
    try await client.signOut(asha)
    #expect(broker.asked.count == 2, "there is nothing to end any more")
  }

  @Test func `leaves no secret in anything that can be printed`() async throws {
    let jwt = token(exp: "1783621799")
    let secrets = [jwt, secretKey, "TESTAPIKEY0001", TokenVector.all[0].urlToken, "VEND01"]
    let broker = try ScriptedBroker([accepted(jwt)])
    let client = try client(broker.base, directory, vendorKey: Secret("VEND01"))
    let state = try await client.signIn(asha, redirect: TokenVector.all[0].urlToken)
    let token = try client.store.token(of: "asha")
    var shown = "\(state) \(String(describing: token)) \(String(reflecting: token))"
    dump(token, to: &shown)
    dump(try client.credentials(asha), to: &shown)
    dump(RequestToken(TokenVector.all[0].urlToken), to: &shown)
    dump(client, to: &shown)
    dump(try TokenCipher(secretKey: Secret(secretKey)), to: &shown)
    for secret in secrets { #expect(!shown.contains(secret), "\(secret)") }
  }
}
