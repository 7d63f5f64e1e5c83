import Desk
import DeskStore
import HTTPTypes
import Hummingbird
import JobStore
import Jobs
import TradingTime

/// `/api/reports/{date}` and `/api/breaks`: the day's end.
struct DayEndRoutes {
  let desk: DeskFace
  let store: JobStore
  let almanac: @Sendable () -> Almanac

  /// The newest version, in the form that was asked for: JSON unless told.
  func report(_ request: Request, _ context: StatusContext) async throws -> Response {
    let text = try context.parameters.require("date")
    guard let date = CivilDate(text) else {
      throw Problem.notFound("'\(text)' is not a date such as 2026-07-09")
    }
    guard let report = try await desk.database.report(on: date, database: desk.pool) else {
      throw Problem.notFound("there is no report of \(date)")
    }
    var response = Self.form(of: report, accepted: request.headers[.accept] ?? "")
    response.headers[.eTag] = "\"\(report.sha256)\""
    return response
  }

  private static func form(of report: StoredReport, accepted: String) -> Response {
    if accepted.contains("text/html") {
      var response = Response.text(report.html, type: "text/html; charset=utf-8")
      response.headers[.contentSecurityPolicy] =
        "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox"
      return response
    }
    if accepted.contains("text/plain") {
      return .text(report.text, type: "text/plain; charset=utf-8")
    }
    if accepted.contains("text/csv") {
      return .text(report.csv, type: "text/csv; charset=utf-8")
    }
    return .text(report.json, type: "application/json; charset=utf-8")
  }

  struct BreakAnswer: Encodable {
    var account: String
    var layer: ReconciliationLayer
    var key: String
    var type: DiscrepancyType
    var severity: String
    var symbol: String
    var ours: String
    var theirs: String
    var difference: String
    var moneyAtRisk: Money?
    var firstSeenOn: CivilDate
    var lastSeenOn: CivilDate
    var ageInSessions: Int

    enum CodingKeys: String, CodingKey {
      case account, layer, key, type, severity, symbol, ours, theirs, difference
      case moneyAtRisk = "money_at_risk"
      case firstSeenOn = "first_seen_on"
      case lastSeenOn = "last_seen_on"
      case ageInSessions = "age_in_sessions"
    }

    init(_ found: OpenBreak) {
      (account, layer, key) = (
        found.identity.accountID, found.identity.layer, found.identity.key
      )
      (type, severity, symbol) = (found.type, found.severity.word, found.symbol)
      (ours, theirs, difference) = (found.ours, found.theirs, found.difference)
      (moneyAtRisk, ageInSessions) = (found.moneyAtRisk, found.ageInSessions)
      (firstSeenOn, lastSeenOn) = (found.firstSeenOn, found.lastSeenOn)
    }
  }

  /// Open ones, worst first.
  func breaks(_ request: Request, _: StatusContext) async throws -> Response {
    let asked = try request.query("date", "a date such as 2026-07-09", CivilDate.init)
    let today = almanac().homeZone.local(try await store.clocks().job).date
    return try .json(
      try await desk.database.openBreaks(
        of: request.query("account"), asOf: asked ?? today, on: desk.pool
      ).map(BreakAnswer.init))
  }
}
