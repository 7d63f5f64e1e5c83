import Desk
import DeskStore
import JobStore
import Postgres
import Reports
import TradingTime

/// Mails a report unless these very bytes were mailed before.
///
/// That sending began is on record before the first byte goes out. Where it then stays unsaid
/// whether the mail arrived, it is sent again: the message carries the same name, and silence would
/// be worse.
struct MailOnce: Sendable {
  let tools: DeskTools
  let delivery: ReportDelivery
  let attempt: Attempt

  /// - Returns: what became of it: `sent`, `sent before`, `not configured`.
  func send(_ report: RenderedReport, version: Int, sha256: String) async throws -> String {
    guard let mail = delivery.mail else { return "not configured" }
    guard try await begin(sha256) else {
      attempt.say("this version was mailed before; not mailed again")
      return "sent before"
    }
    do {
      try await mail(report, attempt.claim.businessDate, version, tools.now())
    } catch {
      try await end(sha256, "failed", error: "\(error)")
      throw error
    }
    try await end(sha256, "sent", error: nil)
    attempt.say("mailed")
    return "sent"
  }

  /// False if it was sent.
  private func begin(_ sha256: String) async throws -> Bool {
    let (mode, session) = (tools.desk.mode.rawValue, attempt.claim.businessDate)
    return try await attempt.write { transaction in
      try await transaction.query(
        """
        insert into desk.report_delivery as known (mode, business_date, sha256, channel, state)
        values ($1, $2, $3, 'mail', 'sending')
        on conflict on constraint a_report_goes_out_once_per_channel do update
        set state = 'sending', attempts = known.attempts + 1, error = null,
          begun_at = clock_timestamp(), ended_at = null
        where known.state <> 'sent'
        """, mode, Day(session), sha256
      ).affected == 1
    }
  }

  private func end(_ sha256: String, _ state: String, error: String?) async throws {
    let (mode, session) = (tools.desk.mode.rawValue, attempt.claim.businessDate)
    try await attempt.write { transaction in
      _ = try await transaction.query(
        """
        update desk.report_delivery
        set state = $4, error = $5, ended_at = clock_timestamp()
        where mode = $1 and business_date = $2 and sha256 = $3 and channel = 'mail'
        """, mode, Day(session), sha256, state, error)
    }
  }
}

extension Day {
  init(_ date: CivilDate) { self.init(daysSinceEpoch: date.daysSinceEpoch) }
}
