import Hummingbird
import JobStore
import Jobs
import TradingTime

/// `/api/runs`.
struct RunRoutes {
  let store: JobStore

  func list(_ request: Request, _: StatusContext) async throws -> Response {
    var filter = RunFilter(
      job: request.query("job"),
      states: try request.query(
        "state", "one or more run states with commas: \(JobRoutes.words(RunState.allCases))",
        states),
      item: request.query("item"),
      businessDate: try request.query(
        "business_date", "a date such as 2026-07-09", CivilDate.init),
      before: try request.query("before", "a run's number") { Int64($0) })
    filter.limit = try request.limit()
    return try .json(try await store.runs(filter))
  }

  private func states(_ text: String) -> [RunState]? {
    let words = text.split(separator: ",")
    let states = words.compactMap { RunState(rawValue: String($0)) }
    return states.count == words.count ? states : nil
  }

  struct RunAnswer: Encodable {
    var detail: RunDetail
    var output: [Output]

    private enum Key: String, CodingKey { case output }

    func encode(to encoder: any Encoder) throws {
      try detail.encode(to: encoder)
      var keys = encoder.container(keyedBy: Key.self)
      try keys.encode(output, forKey: .output)
    }
  }

  func show(_: Request, _ context: StatusContext) async throws -> Response {
    let id = try number(context)
    guard let detail = try await store.runDetail(id) else { throw noSuchRun(id) }
    return try .json(
      RunAnswer(detail: detail, output: try await store.output(ofRun: id) ?? []))
  }

  struct CancelBody: Decodable {
    var reason: String?
    /// All that is left of the batch the run belongs to.
    var batch: Bool?
  }

  struct CancelAnswer: Encodable {
    var run: Int64
    var state: RunState
  }

  func cancel(_ request: Request, _ context: StatusContext) async throws -> Response {
    let id = try number(context)
    let body = try await request.decoded(as: CancelBody.self)
    if body.batch == true { return try await cancelBatch(of: id, body, context) }
    switch try await store.cancel(run: id, actor: context.actor ?? "api", reason: body.reason) {
    case .ended: return try .json(CancelAnswer(run: id, state: .cancelled))
    case .asked: return try .json(CancelAnswer(run: id, state: .cancelling), status: .accepted)
    case .alreadyEnded(let state):
      throw Problem.conflict("run \(id) has ended already: it is \(state.rawValue)")
    case .noSuchRun: throw noSuchRun(id)
    }
  }

  private func cancelBatch(
    of id: Int64, _ body: CancelBody, _ context: StatusContext
  ) async throws -> Response {
    let met = try await store.cancelBatch(
      ofRun: id, actor: context.actor ?? "api", reason: body.reason)
    guard let met else {
      guard try await store.runDetail(id) != nil else { throw noSuchRun(id) }
      throw Problem.conflict("run \(id) belongs to no batch; cancel it alone, without 'batch'")
    }
    guard met.ended + met.asked > 0 else {
      throw Problem.conflict("batch \(met.batch) has ended already")
    }
    return try .json(met, status: met.asked == 0 ? .ok : .accepted)
  }

  struct AcknowledgeBody: Decodable {
    var reason: String
  }

  func acknowledge(_ request: Request, _ context: StatusContext) async throws -> Response {
    let id = try number(context)
    let body = try await request.decoded(as: AcknowledgeBody.self)
    guard body.reason.contains(where: { !$0.isWhitespace }) else {
      throw Problem.badRequest("'reason' is empty; say what you found")
    }
    switch try await store.acknowledge(
      run: id, actor: context.actor ?? "api", reason: body.reason)
    {
    case .done: break
    case .noSuchRun: throw noSuchRun(id)
    case .alreadyBy(let other):
      throw Problem.conflict("run \(id) was acknowledged by \(other) before")
    case .notUnknown(let state):
      throw Problem.conflict("run \(id) is \(state.rawValue); its outcome is not unknown")
    }
    guard let detail = try await store.runDetail(id) else { throw noSuchRun(id) }
    return try .json(detail.run)
  }

  private func number(_ context: StatusContext) throws -> Int64 {
    let text = try context.parameters.require("id")
    guard let id = Int64(text) else { throw Problem.notFound("'\(text)' is not a run's number") }
    return id
  }

  private func noSuchRun(_ id: Int64) -> Problem { .notFound("there is no run \(id)") }
}
