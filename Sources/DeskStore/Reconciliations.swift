package import Desk
package import Postgres
package import TradingTime

/// A comparison as it went on record.
package struct RecordedReconciliation: Hashable, Sendable {
  package let run: Int64
  package let version: Int
  /// False if the books were those of the last comparison: nothing is to be told again.
  package let isNew: Bool
  package let opened: [DiscrepancyIdentity]
  package let closed: [DiscrepancyIdentity]
}

extension DeskDatabase {
  /// Puts a comparison and its breaks on record. Books equal to those of the session's last
  /// comparison add nothing; otherwise breaks are opened, changed, reopened or closed by identity,
  /// with every step in the journal. Must run in a transaction.
  package func record(
    _ result: ReconciliationResult, of ours: LedgerBooks, with broker: BrokerBooks,
    reconciledAt: Instant, on database: any Queryable
  ) async throws -> RecordedReconciliation {
    let input = ours.comparisonText(with: broker, notComparable: result.notComparable)
    let last = try await lastComparison(ours, input, on: database)
    if let run = last.sameRun {
      return RecordedReconciliation(
        run: run, version: last.version, isNew: false, opened: [], closed: [])
    }
    let run: Int64 = try await database.query(
      """
      insert into desk.recon_run
        (mode, account, business_date, version, input_sha256, verdict, line, layers, reconciled_at)
      values ($1, $2, $3, $4, encode(sha256(convert_to($5, 'UTF8')), 'hex'), $6, $7, $8, $9)
      returning id
      """, mode.rawValue, ours.accountID, Day(ours.session), Int32(last.version + 1), input,
      result.verdict.word, result.verdict.line, try JSONText(encoding: result.layerWords),
      Timestamp(reconciledAt)
    ).one["id"]
    let changes = try await upsert(
      result.discrepancies, run: run, session: ours.session, on: database)
    let closed = try await closeWhatMatches(
      result, run: run, session: ours.session, on: database)
    return RecordedReconciliation(
      run: run, version: last.version + 1, isNew: true, opened: changes, closed: closed)
  }

  /// The account's row is held, so versions are given out one at a time.
  private func lastComparison(
    _ ours: LedgerBooks, _ input: String, on database: any Queryable
  ) async throws -> (version: Int, sameRun: Int64?) {
    let held = try await database.query(
      "select from desk.account where mode = $1 and id = $2 for update", mode.rawValue,
      ours.accountID)
    guard held.count == 1 else { throw DeskRefusal.unknownAccount(ours.accountID) }
    let rows = try await database.query(
      """
      select id, version, input_sha256 = encode(sha256(convert_to($4, 'UTF8')), 'hex') as same
      from desk.recon_run
      where mode = $1 and account = $2 and business_date = $3
      order by version desc
      limit 1
      """, mode.rawValue, ours.accountID, Day(ours.session), input)
    guard let row = rows.first else { return (0, nil) }
    return (
      try row.whole("version"), try row.decode("same", as: Bool.self) ? try row["id"] : nil
    )
  }

  /// The verdict line of a session's last comparison, and when it was made.
  package func lastReconciliation(
    of account: String, on session: CivilDate, database: any Queryable
  ) async throws -> (line: String, at: Instant)? {
    let rows = try await database.query(
      """
      select line, reconciled_at
      from desk.recon_run
      where mode = $1 and account = $2 and business_date = $3
      order by version desc
      limit 1
      """, mode.rawValue, account, Day(session))
    return try rows.first.map { (try $0["line"], try $0.instant("reconciled_at")) }
  }
}

extension ReconciliationVerdict {
  package var word: String {
    switch self {
    case .clean: "clean"
    case .explained: "explained"
    case .breaks: "breaks"
    case .notComparable: "not-comparable"
    }
  }
}

extension ReconciliationResult {
  /// How each layer went, for the record.
  fileprivate var layerWords: [String: String] {
    Dictionary(
      uniqueKeysWithValues: layers.map { outcome in
        switch outcome.state {
        case .compared(let matched, let broken):
          (outcome.layer.rawValue, "\(matched) matched, \(broken) broken")
        case .notComparable(let reason): (outcome.layer.rawValue, "not comparable: \(reason)")
        case .informational(let reason): (outcome.layer.rawValue, reason)
        }
      })
  }
}
