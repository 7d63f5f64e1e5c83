import Desk
import DeskStore
import JobStore
import Jobs
import Postgres
import TradingTime

/// Compares our ledger with the broker's books and puts every difference on record.
///
/// Breaks are what it looks for: finding some is a success with verdict `breaks`. The broker serves
/// only today's books, so an older date is compared with what the vault holds of it, or ends
/// `no_data`.
struct Reconcile: WorkUnit {
  static let kind = "reconciliation"
  static let description = UnitDescription(
    name: "reconcile",
    summary: "compares an account's ledger with the broker's books and records the breaks",
    isIdempotent: true, resultKind: kind)

  let tools: DeskTools

  func run(_ attempt: Attempt) async throws -> RunResult {
    let account = try await tools.account(of: attempt)
    guard let broker = try await books(account, attempt) else {
      return nothing(
        "the vault has no books of \(account.id) of \(attempt.claim.businessDate), "
          + "and the broker shows only today's", attempt)
    }
    do {
      let found = try await attempt.write { transaction in
        try await compare(broker.books, broker.counted, account.id, attempt, on: transaction)
      }
      return result(found, attempt)
    } catch let refusal as DeskRefusal {
      if case .notOpened = refusal { return nothing(refusal.description, attempt) }
      throw refusal
    }
  }

  private func nothing(_ reason: String, _ attempt: Attempt) -> RunResult {
    attempt.say(reason)
    return RunResult(kind: Self.kind, verdict: .noData, figures: ["reason": .string(reason)])
  }

  // MARK: The broker's side

  private typealias Broker = (books: BrokerBooks, counted: [(id: Int64, rows: Int)])

  private func books(_ account: Account, _ attempt: Attempt) async throws -> Broker? {
    guard tools.isDuringItsDay(attempt) else {
      let books = try await Vaulted(tools: tools, attempt: attempt).books(of: account)
      return books.map { ($0, []) }
    }
    var reader = BookReader(tools: tools, account: account, attempt: attempt)
    let day = try await reader.readDay()
    // A broker that gives nothing at all is a fault that time may cure, not a finding.
    if day.isWithoutAnyBook, let first = day.failures.first { throw UnitFailure(first.error) }
    return (day.forComparison, day.counted)
  }

  // MARK: The comparison

  struct Found: Sendable {
    let result: ReconciliationResult
    let record: RecordedReconciliation
    /// Everything open of this account, older breaks included.
    let open: [OpenBreak]
  }

  private func compare(
    _ broker: BrokerBooks, _ counted: [(id: Int64, rows: Int)], _ account: String,
    _ attempt: Attempt, on database: any Queryable
  ) async throws -> Found {
    let desk = tools.desk
    let session = attempt.claim.businessDate
    let ours = try await desk.ledgerBooks(of: account, on: session, database: database)
    let theirs = (broker.positions.rows ?? []).map(\.key)
    let keys = Set(ours.positions.map(\.key)).union(theirs).sorted()
    let marks = try await desk.marks(of: keys, session: session, on: database)
    let result = ours.reconcile(with: broker, marks: marks.mapValues(\.last))
    let record = try await desk.record(
      result, of: ours, with: broker, reconciledAt: tools.now(), on: database)
    try await database.run(desk.noting(counted), deadline: nil)
    return Found(
      result: result, record: record,
      open: try await desk.openBreaks(of: account, asOf: session, on: database))
  }

  // MARK: What it found

  private func result(_ found: Found, _ attempt: Attempt) -> RunResult {
    let verdict = ReconciliationVerdict(
      found.open.map { ($0.identity, $0.type, $0.severity) })
    attempt.say("\(verdict.line), comparison \(found.record.version) of the session")
    for layer in found.result.layers { attempt.say("\(layer.layer.rawValue): \(layer.words)") }
    if !found.record.isNew { attempt.say("both books are those of the last comparison") }
    return RunResult(
      kind: Self.kind, verdict: verdict.ofRun,
      figures: [
        "line": .string(verdict.line), "version": JSONValue(found.record.version),
        "is_new": .bool(found.record.isNew), "opened": JSONValue(found.record.opened.count),
        "closed": JSONValue(found.record.closed.count), "open": JSONValue(found.open.count),
        "layers": .object(
          Dictionary(
            found.result.layers.map { ($0.layer.rawValue, .string($0.words)) }
          ) { _, last in last }),
      ], rows: found.open.map(\.row))
  }
}

extension ReconciliationVerdict {
  fileprivate var ofRun: RunResult.Verdict {
    switch self {
    case .clean, .explained: .ok
    case .breaks: .breaks
    case .notComparable: .warn
    }
  }
}

extension LayerOutcome {
  fileprivate var words: String {
    switch state {
    case .compared(let matched, let broken): "\(matched) matched, \(broken) broken"
    case .notComparable(let reason): "not comparable: \(reason)"
    case .informational(let reason): reason
    }
  }
}

extension OpenBreak {
  fileprivate var row: JSONValue {
    [
      "layer": .string(identity.layer.rawValue), "key": .string(identity.key),
      "type": .string(type.rawValue), "severity": .string(severity.word),
      "symbol": .string(symbol), "ours": .string(ours), "theirs": .string(theirs),
      "difference": .string(difference), "money_at_risk": JSONValue(moneyAtRisk),
      "first_seen_on": .string(firstSeenOn.description),
      "age_in_sessions": JSONValue(ageInSessions),
    ]
  }
}
