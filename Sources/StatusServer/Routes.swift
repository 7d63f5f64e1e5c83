import Hummingbird
import HTTPTypes

/// The table of contents of the HTTP face. `Static/openapi.yaml` describes exactly these.
extension StatusServer {
  func router() -> Router<StatusContext> {
    let router = Router(context: StatusContext.self, options: [.autoGenerateHeadEndpoints])
    router.add(middleware: ProblemMiddleware())
    router.add(middleware: Access(configuration: configuration))
    addPages(to: router)
    addJobs(to: router)
    if let desk { addDesk(desk, to: router) }
    return router
  }

  private func addPages(to router: Router<StatusContext>) {
    let probes = ProbeRoutes(store: store, report: report, document: document(isForPage: false))
    let pages = PageRoutes(document: document(isForPage: true))
    router.get("/", use: pages.page)
    router.get("/openapi.yaml", use: pages.description)
    router.get("/events", use: EventRoutes(feed: feed, document: document(isForPage: true)).events)
    router.get("/livez", use: probes.livez)
    router.get("/readyz", use: probes.readyz)
    router.get("/status", use: probes.status)
    router.get("/metrics") { [board, report, feed] _, _ in
      Response.text(
        Metrics(
          snapshot: board.snapshot, report: report(), streams: feed.count, market: market()
        ).text,
        type: "text/plain; version=0.0.4; charset=utf-8")
    }
  }

  private var jobRoutes: JobRoutes {
    JobRoutes(store: store, workshop: workshop, almanac: almanac)
  }

  private func addJobs(to router: Router<StatusContext>) {
    let jobs = jobRoutes
    router.get("/api/jobs", use: jobs.list)
    router.get("/api/jobs/:job", use: jobs.show)
    router.get("/api/jobs/:job/slots", use: jobs.slots)
    router.get("/api/jobs/:job/why", use: jobs.why)
    router.post("/api/jobs/:job/run", use: jobs.run)
    router.post("/api/jobs/:job/pause", use: jobs.pause)
    router.post("/api/jobs/:job/resume", use: jobs.resume)
    let plans = PlanRoutes(store: store, workshop: workshop)
    router.get("/api/plans", use: plans.list)
    router.post("/api/plans/:plan/approve", use: plans.approve)
    let runs = RunRoutes(store: store)
    router.get("/api/runs", use: runs.list)
    router.get("/api/runs/:id", use: runs.show)
    router.post("/api/runs/:id/cancel", use: runs.cancel)
    router.post("/api/runs/:id/acknowledge", use: runs.acknowledge)
  }

  private func addDesk(_ desk: DeskFace, to router: Router<StatusContext>) {
    let users = UserRoutes(desk: desk, store: store, signIns: signIns, jobs: jobRoutes)
    let positions = PositionRoutes(users: users)
    router.post("/api/users/create", use: users.create)
    router.get("/api/users/list", use: users.list)
    router.get("/api/users/:id", use: users.show)
    router.get("/api/users/:id/positions", use: positions.positions)
    router.post("/api/users/:id/sync-positions", use: users.syncPositions)
    router.post("/api/users/:id/update-position-prices", use: users.updatePrices)
    let signIn = SignInRoutes(users: users)
    router.post("/api/system/initialize-complete-flow", use: signIn.initialize)
    router.get("/api/system/status/:id", use: positions.status)
    let dayEnd = DayEndRoutes(desk: desk, store: store, almanac: almanac)
    router.get("/api/reports/:date", use: dayEnd.report)
    router.get("/api/breaks", use: dayEnd.breaks)
  }
}

extension StatusServer {
  /// Every route as its description names it: `GET /api/runs/{id}`.
  var routes: [String] {
    router().routes.map { route in
      let parts = route.path.description.split(separator: "/").map { part in
        part.hasPrefix(":") ? "{\(part.dropFirst())}" : String(part)
      }
      return "\(route.method.rawValue) /\(parts.joined(separator: "/"))"
    }.sorted()
  }
}
