import Hummingbird
import JobStore
import Jobs
import TradingTime

/// `/api/jobs/{job}/run|pause|resume`: what operators do; each is on record under the token's name.
extension JobRoutes {
  struct RunBody: Decodable {
    var item: String?
    var businessDate: CivilDate?
    /// A held or missed slot.
    var slot: Instant?
    var parameters: [String: JSONValue]?
    var reason: String?

    enum CodingKeys: String, CodingKey {
      case item
      case businessDate = "business_date"
      case slot, parameters, reason
    }
  }

  struct RunAnswer: Encodable {
    var run: Int64
    var job: String
    var item: String?
  }

  /// Leaves a run to whichever daemon claims it.
  func run(_ request: Request, _ context: StatusContext) async throws -> Response {
    let body = try await request.decoded(as: RunBody.self)
    return try await enqueue(try await known(context), body, context)
  }

  func enqueue(
    _ definition: JobStore.Definition, _ body: RunBody, _ context: StatusContext
  ) async throws -> Response {
    let id = try await leave(definition, body, context)
    var response = try Response.json(
      RunAnswer(run: id, job: definition.job.name, item: body.item), status: .accepted)
    response.headers[.location] = "/api/runs/\(id)"
    return response
  }

  /// - Returns: the run's number.
  func leave(
    _ definition: JobStore.Definition, _ body: RunBody, _ context: StatusContext
  ) async throws -> Int64 {
    let job = definition.job
    guard definition.retiredAt == nil else {
      throw Problem.conflict("job '\(job.name)' is retired: it is no longer among the job files")
    }
    if body.slot != nil, body.businessDate != nil {
      throw Problem.badRequest("a slot has its own business date; leave out 'business_date'")
    }
    if let objection = try await workshop.objection(toItem: body.item, of: job, on: store.pool) {
      throw Problem.badRequest("'item': \(objection)")
    }
    for key in (body.parameters ?? [:]).keys.sorted() {
      if let objection = workshop.objection(toParameter: key, of: job) {
        throw Problem.badRequest("'parameters': \(objection)")
      }
    }
    var request = RunRequest(
      job: job, revision: definition.revision, item: body.item, slot: body.slot,
      businessDate: try await businessDate(of: body, job), parameters: body.parameters ?? [:],
      actor: context.actor ?? "api", reason: body.reason)
    if let slot = body.slot {
      try await checkSlot(slot, of: job.name, item: body.item)
    } else {
      request.passes = passes(definition, at: try await store.clocks().job)
    }
    return try await store.enqueue(request)
  }

  private func businessDate(of body: RunBody, _ job: Job) async throws -> CivilDate {
    if let date = body.businessDate { return date }
    let almanac = almanac()
    let moment: Instant
    if let slot = body.slot {
      moment = slot
    } else {
      moment = try await store.clocks().job
    }
    guard let date = almanac.businessDate(of: moment, for: job.schedule) else {
      throw Problem.conflict(
        "the calendar does not reach \(moment); say the session with 'business_date'")
    }
    return date
  }

  private func checkSlot(_ slot: Instant, of job: String, item: String?) async throws {
    let end = slot + .microseconds(1)
    let row = try await store.slots(of: job, from: slot, before: end, limit: 1).first
    if let run = row?.runs.first(where: { $0.item == item }) {
      throw Problem.conflict("the slot has its run already: run \(run.id), \(run.state.rawValue)")
    }
    do {
      try await store.checkSlotMayRun(slot, of: job, in: almanac())
    } catch let refusal as OperatorRefusal where row == nil {
      throw Problem.notFound(refusal.description)
    }
  }

  /// A run by hand passes pause and calendar; what it passed is on its record.
  private func passes(_ definition: JobStore.Definition, at now: Instant) -> [String] {
    let pause = definition.pause.flatMap { $0.covers(now) ? $0.words : nil }
    let closed = definition.job.schedule.flatMap { almanac().closedReason(at: now, for: $0) }
    return [pause, closed].compactMap { $0 }
  }

  struct PauseBody: Decodable {
    var until: Instant?
    /// Instead of `until`: a span such as `2h`.
    var span: String?
    var reason: String

    enum CodingKeys: String, CodingKey {
      case until
      case span = "for"
      case reason
    }
  }

  func pause(_ request: Request, _ context: StatusContext) async throws -> Response {
    let body = try await request.decoded(as: PauseBody.self)
    let definition = try await known(context)
    let now = try await store.clocks().job
    let until = try end(of: body, now)
    guard until > now else { throw Problem.badRequest("'until' is over already: \(until)") }
    // A new pause begins now; what the old one covered is decided under the old one's reason.
    if definition.pause != nil {
      _ = try await store.decide(
        [definition.job.name], in: almanac(), workshop: workshop, waiting: true)
    }
    let isPaused = try await store.pause(
      definition.job.name, until: until, actor: context.actor ?? "api", reason: body.reason)
    guard isPaused else { throw Problem.conflict("job '\(definition.job.name)' is retired") }
    return try await overview(definition.job.name)
  }

  private func end(of body: PauseBody, _ now: Instant) throws -> Instant {
    switch (body.until, body.span) {
    case (let until?, nil): return until
    case (nil, let span?):
      do {
        return now + (try Duration(spelling: span))
      } catch {
        throw Problem.badRequest("'for': \(error)")
      }
    default:
      throw Problem.badRequest("a pause needs an end: 'until' with a time or 'for' with a span")
    }
  }

  struct ResumeBody: Decodable {
    var reason: String?
    /// Which of the paused slots run after all.
    var paused: PausedSlots?
  }

  func resume(_ request: Request, _ context: StatusContext) async throws -> Response {
    let body = try await request.decoded(as: ResumeBody.self)
    let name = try await known(context).job.name
    let resumed = try await store.resume(
      name, paused: body.paused ?? .skip, actor: context.actor ?? "api", reason: body.reason,
      in: almanac(), workshop: workshop)
    guard resumed != nil else { throw Problem.conflict("job '\(name)' is not paused") }
    return try await overview(name)
  }

  private func overview(_ name: String) async throws -> Response {
    guard let (_, job) = try await store.overview(ofJob: name, almanac: almanac()) else {
      throw NoSuchJob(name: name, known: [])
    }
    return try .json(job)
  }
}
