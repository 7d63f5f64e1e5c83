import Desk
import DeskStore
import HTTPTypes
import Hummingbird
import JobStore
import Jobs
import Postgres
import TradingTime

/// `/api/users`: the accounts. The broker's customer number appears in no answer.
struct UserRoutes {
  let desk: DeskFace
  let store: JobStore
  let signIns: SignIns
  let jobs: JobRoutes

  struct User: Encodable {
    var id: String
    var name: String
    var mode: Mode
    var isEnabled: Bool
    var signIn: SignIns.State?

    enum CodingKeys: String, CodingKey {
      case id, name, mode
      case isEnabled = "is_enabled"
      case signIn = "sign_in"
    }
  }

  func list(_: Request, _: StatusContext) async throws -> Response {
    try .json(try await desk.database.accounts(on: desk.pool).map(user))
  }

  func show(_: Request, _ context: StatusContext) async throws -> Response {
    try .json(user(try await account(context)))
  }

  private func user(_ account: Account) -> User {
    User(
      id: account.id, name: account.name, mode: account.mode, isEnabled: account.isEnabled,
      signIn: signIns.state(of: account))
  }

  func account(_ context: StatusContext) async throws -> Account {
    try await account(named: try context.parameters.require("id"))
  }

  func account(named id: String) async throws -> Account {
    do {
      return try await desk.database.account(id, on: desk.pool)
    } catch DeskRefusal.unknownAccount {
      let known = try await desk.database.accounts(on: desk.pool).map(\.id)
      throw Problem.notFound(
        known.isEmpty
          ? "there is no account '\(id)'; there are none yet"
          : "there is no account '\(id)'; accounts are: \(known.joined(separator: ", "))")
    }
  }

  struct CreateBody: Decodable {
    var id: String
    var customerID: String
    var name: String?
    var isEnabled: Bool?
    var capital: Money?

    enum CodingKeys: String, CodingKey {
      case id
      case customerID = "customer_id"
      case name
      case isEnabled = "is_enabled"
      case capital
    }
  }

  func create(_ request: Request, _ context: StatusContext) async throws -> Response {
    let body = try await request.decoded(as: CreateBody.self)
    let wanted = Account(
      id: body.id, customerID: body.customerID, name: body.name ?? "", mode: desk.database.mode,
      isEnabled: body.isEnabled ?? true)
    do {
      let account = try await desk.pool.transaction { tx in
        try await store.note(
          actor: context.actor ?? "api", action: "create account",
          after: ["account": .string(body.id)], on: tx)
        return try await desk.database.add(wanted, capital: body.capital, on: tx)
      }
      var response = try Response.json(user(account), status: .created)
      response.headers[.location] = "/api/users/\(account.id)"
      return response
    } catch let refusal as DeskRefusal {
      switch refusal {
      case .unusableAccountID, .unusableCustomer, .negativeCapital:
        throw Problem.badRequest("\(refusal)")
      default: throw Problem.conflict("\(refusal)")
      }
    }
  }

  func syncPositions(_ request: Request, _ context: StatusContext) async throws -> Response {
    try await enqueue(unit: "sync-positions", request, context)
  }

  func updatePrices(_ request: Request, _ context: StatusContext) async throws -> Response {
    try await enqueue(unit: "update-prices", request, context)
  }

  struct ReasonBody: Decodable {
    var reason: String?
  }

  /// A run of the job that has this unit, for this account alone where the job has one for each.
  private func enqueue(
    unit: String, _ request: Request, _ context: StatusContext
  ) async throws -> Response {
    let account = try await account(context)
    let body = try await request.decoded(as: ReasonBody.self)
    let definitions = try await store.definitions()
    guard let definition = definitions.first(where: { $0.job.work == .unit(unit) }) else {
      throw Problem.conflict("no job with unit '\(unit)' is loaded")
    }
    var run = JobRoutes.RunBody()
    run.item = definition.job.forEach == nil ? nil : account.id
    run.reason = body.reason
    return try await jobs.enqueue(definition, run, context)
  }
}
