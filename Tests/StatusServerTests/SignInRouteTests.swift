import Desk
import JobStore
import Jobs
import Postgres
import Support
import Testing
import Threads
import TradingTime

@testable import DeskStore
@testable import StatusServer

/// Signs in whoever brings the right token, and can do nothing else.
private final class DoorBroker: Desk.Broker {
  private let states = Locked<[String: SignInState]>([:])
  let seen = Locked<[String]>([])
  private let until: Instant

  init(until: Instant) {
    self.until = until
  }

  func loginURL(for account: Account) throws -> String {
    "https://broker.example/login?account=\(account.id)"
  }

  func signIn(_ account: Account, redirect: String) async throws -> SignInState {
    seen.withLock { $0.append(redirect) }
    switch redirect {
    case "used-up": throw BrokerError.refused(status: 400, message: "Request token is invalid")
    case "nobody-there": throw BrokerError.unavailable(reason: "no connection")
    default: break
    }
    let state = SignInState.signedIn(until: until)
    states.withLock { $0[account.id] = state }
    return state
  }

  func signInState(of account: Account) -> SignInState {
    states.withLock { $0[account.id] } ?? .notSignedIn(reason: "nobody has signed in")
  }

  private var nothing: BrokerError { .unavailable(reason: "this one has no books") }

  func fetch(
    _: Book, for _: Account, noting _: @Sendable (Setback) async throws -> Void
  ) async throws -> RawAnswer { throw nothing }
  func digest(of _: RawAnswer) -> [UInt8] { [] }
  func positions(in _: RawAnswer) throws -> [BrokerPosition] { throw nothing }
  func holdings(in _: RawAnswer) throws -> [BrokerHolding] { throw nothing }
  func funds(in _: RawAnswer) throws -> BrokerFunds? { throw nothing }
  func orders(in _: RawAnswer) throws -> [BrokerOrder] { throw nothing }
  func trades(in _: RawAnswer) throws -> [BrokerTrade] { throw nothing }
  func instruments(in _: RawAnswer) throws -> [Instrument] { throw nothing }
  func candles(in _: RawAnswer) throws -> [Candle] { throw nothing }
}

@Suite(.freshDatabase(houseTemplate), .timeLimit(.minutes(10)))
struct `Signing in over HTTP` {
  private static let path = "/api/system/initialize-complete-flow"
  private static let secret = "PLANTED-REQUEST-TOKEN-5f1d"

  private func serving(
    _ body: @escaping @Sendable (Face, DoorBroker, Books) async throws -> Void
  ) async throws {
    let books = try await Books(at: "2026-07-09T08:50:00+05:30", jobs: [sync(forEach: "account")])
    let desk = DeskFace(
      database: try await DeskDatabase.open(.paper, on: books.pool), pool: books.pool)
    try await desk.database.add(
      Account(id: "asha", customerID: "1000001", mode: .paper), capital: nil, on: books.pool)
    let broker = DoorBroker(until: try instant("2026-07-09T23:59:59+05:30"))
    var workshop = Workshop()
    workshop.add(ItemSource("account") { _ in ["asha"] })
    try await Face.serving(books.store, desk: desk, workshop: workshop, broker: broker) { face in
      try await body(face, broker, books)
    }
  }

  @Test func `tells where to log in, and takes what the login page gave`() async throws {
    try await serving { face, broker, books in
      let first = try await face.post(Self.path, #"{"user_id": "asha"}"#)
      #expect(first.status == 200)
      #expect(
        try first.json() == [
          "account": "asha", "login_url": "https://broker.example/login?account=asha",
          "sign_in": ["is_signed_in": false, "reason": "nobody has signed in"],
        ])
      let redirect = "http://localhost/?request_token=\(Self.secret)&state=12345"
      let second = try await face.post(
        Self.path, #"{"user_id": "asha", "redirect_url": "\#(redirect)"}"#)
      #expect(second.status == 202)
      #expect(second.header("location") == "/api/system/status/asha")
      let answer = try second.json()
      #expect(answer["sign_in"]?["is_signed_in"] == true)
      #expect(answer["login_url"] == nil)
      let third = try await face.post(
        Self.path, #"{"user_id": "asha", "request_token": "\#(Self.secret)"}"#)
      #expect(third.status == 202)
      #expect(broker.seen.withLock { $0 } == [redirect, Self.secret])
      let runs = try await books.store.runs()
      #expect(Set(runs.map(\.item)) == ["asha"])
      let audit = try await books.store.audit().filter { $0.action == "sign in" }
      #expect(audit.map(\.actor) == ["api:asha", "api:asha"])
      #expect(!"\(audit)\(runs)\(second.body)\(third.body)".contains(Self.secret))
      let readiness = try await face.get("/api/system/status/asha").json()
      #expect(
        readiness["checks"]?.elements.map { $0["detail"] }.contains(
          "signed in until 2026-07-09T18:29:59Z") == true)
    }
  }

  @Test(arguments: [
    (#"{"user_id": "asha", "request_token": "used-up"}"#, 409),
    (#"{"user_id": "asha", "request_token": "nobody-there"}"#, 502),
    (#"{"user_id": "asha", "request_token": " "}"#, 400),
    (#"{"user_id": "asha", "request_token": "a", "redirect_url": "b"}"#, 400),
    (#"{"user_id": "ravi", "request_token": "a"}"#, 404), ("{}", 400),
  ])
  func `says why it did not`(_ body: String, _ status: Int) async throws {
    try await serving { face, _, books in
      let answer = try await face.post(Self.path, body)
      #expect(answer.status == status, "\(answer.body)")
      #expect(try await books.store.runs().isEmpty)
      #expect(try await books.store.audit().filter { $0.action == "sign in" }.isEmpty)
    }
  }

  @Test func `needs an operator's token`() async throws {
    try await serving { face, broker, _ in
      for token in [nil, Face.readerSecret, "guess"] {
        let answer = try await face.post(
          Self.path, #"{"user_id": "asha", "request_token": "a"}"#, token: token)
        #expect([401, 403].contains(answer.status))
      }
      #expect(broker.seen.withLock { $0 } == [])
    }
  }
}
