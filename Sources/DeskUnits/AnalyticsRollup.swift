import Desk
import DeskStore
import JobStore
import Jobs
import Postgres
import TradingTime

/// A session's figures of one account, reckoned anew from the ledger. Repeating it gives the same
/// rows.
struct AnalyticsRollup: WorkUnit {
  static let kind = "analytics"
  static let description = UnitDescription(
    name: "analytics-rollup",
    summary: "reckons an account's profit, charges and exposure of a session from the ledger",
    isIdempotent: true, resultKind: kind)

  let tools: DeskTools

  func run(_ attempt: Attempt) async throws -> RunResult {
    let account = try await tools.account(of: attempt)
    let (desk, session) = (tools.desk, attempt.claim.businessDate)
    do {
      let (day, sheets) = try await attempt.write { transaction in
        let day = try await desk.rollUp(account.id, session: session, on: transaction)
        return (day, try await desk.sheets(of: account.id, on: session, transaction))
      }
      return result(day, sheets, attempt)
    } catch DeskRefusal.notOpened(let account, let session) {
      let reason = DeskRefusal.notOpened(account: account, session: session).description
      attempt.say(reason)
      return RunResult(kind: Self.kind, verdict: .noData, figures: ["reason": .string(reason)])
    }
  }

  private func result(
    _ day: AnalyticsDay, _ sheets: [InstrumentDay], _ attempt: Attempt
  ) -> RunResult {
    attempt.say(
      "\(count(day.instruments, "instrument")), \(count(day.fills, "fill")): gross "
        + "\(day.gross.text()), charges \(day.charges.text()), net \(day.net.text())")
    if day.incomplete > 0 {
      attempt.say(
        "\(day.incomplete) of \(day.instruments) lack a price, a cost or a rate and are left out")
    }
    return RunResult(
      kind: Self.kind, verdict: day.incomplete == 0 ? .ok : .warn,
      figures: [
        "instruments": JSONValue(day.instruments), "open_positions": JSONValue(day.openPositions),
        "incomplete": JSONValue(day.incomplete), "fills": JSONValue(day.fills),
        "orders": JSONValue(day.orders), "rejected_orders": JSONValue(day.rejectedOrders),
        "realised": JSONValue(day.realised), "unrealised": JSONValue(day.unrealised),
        "gross": JSONValue(day.gross), "charges": JSONValue(day.charges),
        "net": JSONValue(day.net), "turnover": JSONValue(day.turnover),
        "cash": JSONValue(day.cash), "equity": JSONValue(day.equity),
      ], rows: sheets.map(\.row))
  }
}

extension InstrumentDay {
  fileprivate var row: JSONValue {
    [
      "instrument": .string(key.description), "symbol": .string(symbol),
      "opening": .integer(opening), "closing": .integer(closing), "realised": JSONValue(realised),
      "unrealised": JSONValue(unrealised), "gross": JSONValue(gross),
      "charges": JSONValue(charges), "net": JSONValue(net), "mark": JSONValue(mark),
    ]
  }
}
