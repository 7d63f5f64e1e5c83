import Desk
package import Postgres
package import TradingTime

/// A report as it was sent.
package struct StoredReport: Hashable, Sendable {
  package let session: CivilDate
  package let version: Int
  package let sha256: String
  package let verdict: String
  package let text: String
  package let html: String
  package let csv: String
  package let json: String
}

extension DeskDatabase {
  /// Keeps a report. An equal one, by its JSON form, is the version it equals and not a new one, so
  /// nobody is mailed the same news twice.
  package func keepReport(
    session: CivilDate, verdict: String, text: String, html: String, csv: String, json: String,
    on database: any Queryable
  ) async throws -> (version: Int, sha256: String, isNew: Bool) {
    let row = try await database.query(
      """
      with given as (
        select encode(sha256(convert_to($7, 'UTF8')), 'hex') as sha256
      ), inserted as (
        insert into desk.report
          (mode, business_date, version, sha256, verdict, text, html, csv, json)
        select $1, $2, coalesce((
            select max(version)
            from desk.report
            where mode = $1 and business_date = $2), 0) + 1,
          sha256, $3, $4, $5, $6, $7
        from given
        on conflict on constraint equal_reports_are_one_report do nothing
        returning version, sha256
      )
      select version, sha256, true as is_new
      from inserted
      union all
      select kept.version, kept.sha256, false
      from desk.report as kept
      join given using (sha256)
      where kept.mode = $1 and kept.business_date = $2 and not exists (select from inserted)
      """, mode.rawValue, Day(session), verdict, text, html, csv, json
    ).one
    return (try row.whole("version"), try row["sha256"], try row["is_new"])
  }

  /// The newest version of a session's report.
  package func report(
    on session: CivilDate, database: any Queryable
  ) async throws -> StoredReport? {
    try await database.query(
      """
      select version, sha256, verdict, text, html, csv, json
      from desk.report
      where mode = $1 and business_date = $2
      order by version desc
      limit 1
      """, mode.rawValue, Day(session)
    ).first.map { row in
      StoredReport(
        session: session, version: try row.whole("version"), sha256: try row["sha256"],
        verdict: try row["verdict"], text: try row["text"], html: try row["html"],
        csv: try row["csv"], json: try row["json"])
    }
  }
}
