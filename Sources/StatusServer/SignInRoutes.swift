import Desk
import HTTPTypes
import Hummingbird
import JobStore
import Jobs
import Postgres

/// `POST /api/system/initialize-complete-flow`: from nobody signed in to a first sync on its way.
/// What comes in is a secret; nothing of it is logged, stored or answered.
struct SignInRoutes {
  let users: UserRoutes

  struct Body: Decodable {
    var userID: String
    var redirectURL: String?
    var requestToken: String?

    enum CodingKeys: String, CodingKey {
      case userID = "user_id"
      case redirectURL = "redirect_url"
      case requestToken = "request_token"
    }
  }

  struct Answer: Encodable {
    var account: String
    var signIn: SignIns.State?
    var loginURL: String?
    var run: Int64?

    enum CodingKeys: String, CodingKey {
      case account
      case signIn = "sign_in"
      case loginURL = "login_url"
      case run
    }
  }

  func initialize(_ request: Request, _ context: StatusContext) async throws -> Response {
    let body = try await request.decoded(as: Body.self)
    let account = try await users.account(named: body.userID)
    guard let broker = users.signIns.broker else {
      throw Problem.conflict("this server has no broker to sign in at")
    }
    guard let token = try token(body) else {
      return try .json(
        Answer(
          account: account.id, signIn: users.signIns.state(of: account),
          loginURL: try await asProblem { try broker.loginURL(for: account) }))
    }
    let state = try await asProblem { try await broker.signIn(account, redirect: token) }
    try await record(state, account, context)
    let run = try await firstSync(of: account, context)
    var response = try Response.json(
      Answer(account: account.id, signIn: users.signIns.state(of: account), run: run),
      status: .accepted)
    response.headers[.location] = "/api/system/status/\(account.id)"
    return response
  }

  private func token(_ body: Body) throws -> String? {
    switch (body.redirectURL, body.requestToken) {
    case (nil, nil): return nil
    case (let text?, nil), (nil, let text?):
      guard text.contains(where: { !$0.isWhitespace }), text.utf8.count <= 16 << 10 else {
        throw Problem.badRequest(
          "what was sent is no redirect address and no request token; nothing went to the broker")
      }
      return text
    case (.some, .some):
      throw Problem.badRequest("send one of 'redirect_url' and 'request_token'")
    }
  }

  private func record(
    _ state: SignInState, _ account: Account, _ context: StatusContext
  ) async throws {
    var after: [String: JSONValue] = ["account": .string(account.id)]
    if case .signedIn(let until) = state { after["until"] = .string("\(until)") }
    try await users.desk.pool.transaction { tx in
      try await users.store.note(
        actor: context.actor ?? "api", action: "sign in", after: .object(after), on: tx)
    }
  }

  /// Nil if no job mirrors positions: signed in is signed in all the same.
  private func firstSync(of account: Account, _ context: StatusContext) async throws -> Int64? {
    let definitions = try await users.store.definitions()
    guard account.isEnabled,
      let definition = definitions.first(where: {
        $0.job.work == .unit("sync-positions") && $0.retiredAt == nil
      })
    else { return nil }
    var run = JobRoutes.RunBody()
    run.item = definition.job.forEach == nil ? nil : account.id
    run.reason = "first sync after the sign-in"
    return try await users.jobs.leave(definition, run, context)
  }

  private func asProblem<Answer>(_ body: () async throws -> Answer) async throws -> Answer {
    do {
      return try await body()
    } catch let error as BrokerError {
      switch error {
      case .notSignedIn, .refused: throw Problem.conflict("\(error)")
      case .unavailable, .timedOut, .unreadable, .incomplete:
        throw Problem(.badGateway, "the broker did not answer", "\(error)")
      }
    }
  }
}
