import Desk
import DeskStore
import JobStore
import Jobs
import Postgres
import Reports
import TradingTime

/// The day on a page: kept, written to files, mailed.
///
/// It goes out whatever is missing, and says what. Equal bytes are one version and are mailed once:
/// a re-run that finds nothing new tells nobody the same news again.
struct EndOfDayReport: WorkUnit {
  static let kind = "report"
  static let description = UnitDescription(
    name: "end-of-day-report",
    summary: "writes the session's report to files and mails it",
    isIdempotent: true, resultKind: kind)

  let tools: DeskTools
  let delivery: ReportDelivery

  func run(_ attempt: Attempt) async throws -> RunResult {
    let session = attempt.claim.businessDate
    let input = try await input(session, attempt)
    let report = Report.render(input)
    let desk = tools.desk
    let kept = try await attempt.write { transaction in
      try await desk.keepReport(
        session: session, verdict: report.verdict, text: report.text, html: report.html,
        csv: report.csv, json: report.json, on: transaction)
    }
    let news = kept.isNew ? "new" : "the same as before"
    attempt.say("\(report.verdict): version \(kept.version), \(news), sha256 \(kept.sha256)")
    for sentence in input.missing { attempt.say("missing: \(sentence)") }
    if attempt.isDryRun {
      attempt.say("a dry run: no files were written and nothing was mailed")
      return result(report, kept, [], "dry run", input)
    }
    let paths = try write(report, session)
    for path in paths { attempt.say("wrote \(path)") }
    let mail = try await MailOnce(tools: tools, delivery: delivery, attempt: attempt)
      .send(
        report.ending(with: try await recordLine(attempt)), version: kept.version,
        sha256: kept.sha256)
    return result(report, kept, paths, mail, input)
  }

  /// A mail lies where no owner of the database reaches: the hash in it shows later that what
  /// operators did up to then was neither cut off nor written anew.
  private func recordLine(_ attempt: Attempt) async throws -> String {
    guard let head = try await attempt.store.recordHead(), head.row > 0 else {
      return "Operators' record: no rows yet."
    }
    return "Operators' record: row \(head.row), checked by: muhurat verify --expect \(head.hash)"
  }

  private func write(_ report: RenderedReport, _ session: CivilDate) throws -> [String] {
    do {
      return try delivery.files.deliver(report, session: session)
    } catch {
      throw UnitFailure(error.description)
    }
  }

  private func input(_ session: CivilDate, _ attempt: Attempt) async throws -> ReportInput {
    let pool = attempt.store.pool
    var records: [DayRecord] = []
    for account in try await tools.desk.accounts(onlyEnabled: true, on: pool) {
      records.append(try await tools.desk.dayRecord(of: account.id, on: session, database: pool))
    }
    let calendar = tools.calendar(of: attempt)
    let zone = calendar?.zone ?? tools.almanac.homeZone
    let jobs = try await JobsOfTheDay.read(attempt, zone: zone)
    let next = NextSession(after: session, calendar: calendar)
    return ReportInput(
      session: session, mode: tools.desk.mode, zone: zone, accounts: records, jobs: jobs.section,
      next: next, closedAt: calendar?.session(on: session)?.close,
      missing: (records.isEmpty ? ["no account is enabled"] : []) + jobs.unfinished)
  }

  private func result(
    _ report: RenderedReport, _ kept: (version: Int, sha256: String, isNew: Bool),
    _ paths: [String], _ mail: String, _ input: ReportInput
  ) -> RunResult {
    let isWhole =
      input.missing.isEmpty
      && input.accounts.allSatisfy {
        $0.figures != nil && $0.positionsAt != nil && $0.reconciledAt != nil
      }
    return RunResult(
      kind: Self.kind, verdict: isWhole ? .ok : .warn,
      figures: [
        "line": .string(report.verdict), "version": JSONValue(kept.version),
        "sha256": .string(kept.sha256), "is_new": .bool(kept.isNew), "paths": JSONValue(paths),
        "mail": .string(mail), "missing": JSONValue(input.missing),
      ])
  }
}
