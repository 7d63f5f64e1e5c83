import Hummingbird
import JobStore

/// `/api/plans`: late slots that `misfire: ask` holds for a person, and his answer.
struct PlanRoutes {
  let store: JobStore
  let workshop: Workshop

  func list(_: Request, _: StatusContext) async throws -> Response {
    try .json(try await store.heldPlans())
  }

  struct ApproveBody: Decodable {
    var reason: String?
    /// Never run them; the answer is on record and nobody is asked again.
    var decline: Bool?
  }

  func approve(_ request: Request, _ context: StatusContext) async throws -> Response {
    let plan = try context.parameters.require("plan")
    let body = try await request.decoded(as: ApproveBody.self)
    let waiting = try await store.heldPlans()
    guard waiting.contains(where: { $0.plan == plan }) else {
      throw Problem.notFound(JobStore.noPlan(plan, waiting).description)
    }
    let done = try await store.approve(
      plan, declining: body.decline ?? false, actor: context.actor ?? "api", reason: body.reason,
      workshop: workshop)
    return try .json(done, status: done.batch == nil || done.isDeclined ? .ok : .accepted)
  }
}
