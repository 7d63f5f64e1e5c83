import Postgres
import Threads
package import TradingTime

/// What `muhurat verify` found of the operators' record.
package struct RecordCheck: Sendable, Hashable {
  package var rows: Int64
  package var lastRow: Int64
  package var lastAt: Instant?
  /// The hash of the last row: to be kept elsewhere, and asked for with `--expect`.
  package var head: String
  package var fault: Fault?
  /// The row that has the expected hash, and how many came after it.
  package var expected: Expected?

  package struct Expected: Sendable, Hashable {
    package var row: Int64
    package var rowsSince: Int64
  }

  package enum Fault: Sendable, Hashable {
    /// A row does not say what its hash says.
    case changed(row: Int64, says: String, expected: String)
    /// A row was written after another one than stands before it now.
    case unlinked(row: Int64, after: Int64?, says: String, expected: String)
    /// The end is not what the head remembers.
    case cutOff(last: Int64, has: String, expectedRow: Int64, expected: String)
    case headLost
    /// No row has the hash that somebody kept.
    case notFound(String)
  }

  package var isWhole: Bool { fault == nil }
}

extension JobStore {
  /// What the first row names as the hash before it.
  private static let noHash = String(repeating: "0", count: 64)

  /// Reads the whole chain in one statement, so in one snapshot, by the same function that wrote it.
  package func checkRecord(expecting kept: String? = nil) async throws -> RecordCheck {
    let row = try await pool.query(
      """
      with chain as materialized (
        select a.id, a.at, a.previous, a.hash, jobs.audit_hash(a) as computed,
               lag(a.id) over chained as before,
               lag(a.hash, 1, repeat('0', 64)) over chained as link
          from jobs.audit a
        window chained as (order by a.id)
      ), broken as (
        select id, before, previous, hash, computed, link from chain
         where hash <> computed or previous <> link
         order by id limit 1
      ), last as (
        select id, at, hash from chain order by id desc limit 1
      )
      select (select count(*) from chain) as rows, coalesce(l.id, 0) as last_row, l.at as last_at,
             coalesce(l.hash, repeat('0', 64)) as head,
             b.id as broken, b.before, b.previous, b.hash, b.computed, b.link,
             h.id as head_row, h.hash as head_hash,
             (select min(id) from chain where hash = $1) as kept,
             (select count(*) from chain
               where id > (select min(id) from chain where hash = $1)) as since
        from (select) as one
        left join last l on true
        left join broken b on true
        left join jobs.audit_head h on true
      """, kept?.lowercased(), deadline: .after(.seconds(300))
    ).one
    var check = RecordCheck(
      rows: try row["rows"], lastRow: try row["last_row"],
      lastAt: try row.instantIfAny("last_at"), head: try row["head"])
    if let found = try row.decode("kept", as: Int64?.self) {
      check.expected = .init(row: found, rowsSince: try row["since"])
    } else if kept == Self.noHash {
      check.expected = .init(row: 0, rowsSince: check.rows)
    }
    check.fault = try fault(in: row, check, kept)
    return check
  }

  /// The last row's number and hash, for whoever keeps it outside the database.
  package func recordHead() async throws -> (row: Int64, hash: String)? {
    try await pool.query("select id, hash from jobs.audit_head").first.map {
      (try $0["id"], try $0["hash"])
    }
  }

  private func fault(
    in row: Row, _ check: RecordCheck, _ kept: String?
  ) throws -> RecordCheck.Fault? {
    if let broken = try row.decode("broken", as: Int64?.self) {
      let (hash, computed): (String, String) = (try row["hash"], try row["computed"])
      if hash != computed { return .changed(row: broken, says: hash, expected: computed) }
      return .unlinked(
        row: broken, after: try row["before"], says: try row["previous"], expected: try row["link"])
    }
    guard let headRow = try row.decode("head_row", as: Int64?.self) else { return .headLost }
    let headHash: String = try row["head_hash"]
    if headHash != check.head {
      return .cutOff(
        last: check.lastRow, has: check.head, expectedRow: headRow, expected: headHash)
    }
    if let kept, check.expected == nil { return .notFound(kept) }
    return nil
  }
}

extension RecordCheck: CustomStringConvertible {
  /// One sentence: what is right, or where the chain breaks and what was expected there.
  package var description: String {
    switch fault {
    case nil:
      let since = expected.map { found in
        found.rowsSince == 0
          ? "; its head is the hash that was kept"
          : "; the hash that was kept is row \(found.row)'s, \(found.rowsSince) came since"
      }
      return rows == 0
        ? "the operators' record is whole: it has no rows yet"
        : "the operators' record is whole: \(rows) row\(rows == 1 ? "" : "s"), each as it was written"
          + (since ?? "")
    case .changed(let row, let says, let expected):
      return "the operators' record breaks at row \(row): it was changed, its content has the hash "
        + "\(expected), the row says \(says)"
    case .unlinked(let row, let after, let says, let expected):
      let before = after.map { "row \($0) before it has" } ?? "the first row must name"
      return "the operators' record breaks at row \(row): it was written after a row with the hash "
        + "\(says), \(before) \(expected); a row was removed, slipped in or written anew"
    case .cutOff(let last, let has, let expectedRow, let expected):
      return
        "the operators' record breaks after row \(last), whose hash is \(has): row \(expectedRow) "
        + "with the hash \(expected) was its end; rows were cut off or the end was written anew"
    case .headLost:
      return
        "the operators' record breaks at its end: jobs.audit_head has lost its row, so whether "
        + "rows were cut off after row \(lastRow) cannot be told"
    case .notFound(let kept):
      return "the operators' record breaks at its end: no row has the hash that was kept, \(kept); "
        + "rows were cut off after row \(lastRow), or all was written anew"
    }
  }
}
