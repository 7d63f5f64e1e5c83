import Jobs
import Postgres
package import TradingTime

/// The server's clock, the job's, and how one maps to the other, as of one answer.
///
/// Finish times are on the server's clock and promises on the job's, so whoever judges one by the
/// other has to map first; in a rehearsal they may be years apart.
package struct ViewClock: Codable, Hashable, Sendable {
  /// The server's.
  package var asOf: Instant
  /// The job's.
  package var jobTime: Instant
  /// Seconds of the job's clock per second of the server's.
  package var speed: Double
  /// A rehearsal: the job's clock was set.
  package var isShifted: Bool

  package init(asOf: Instant, jobTime: Instant, speed: Double = 1, isShifted: Bool = false) {
    self.asOf = asOf
    self.jobTime = jobTime
    self.speed = speed
    self.isShifted = isShifted
  }

  /// What the job's clock showed when the server's showed `instant`.
  package func onJobClock(_ instant: Instant) -> Instant {
    guard isShifted else { return instant }
    return jobTime - (asOf - instant) * speed
  }

  enum CodingKeys: String, CodingKey {
    case asOf = "as_of"
    case jobTime = "job_time"
    case speed
    case isShifted = "is_shifted"
  }
}

extension JobStore {
  package func viewClock() async throws -> ViewClock {
    try Self.viewClock(from: try await pool.run(Self.clockStatement, deadline: nil).one)
  }

  static let clockStatement = Statement(
    """
    select clock_timestamp() as as_of, jobs.job_time() as job_time,
           coalesce(c.speed, 1)::float8 as speed, c.origin is not null as shifted
      from (select) as one left join jobs.clock c on true
    """)

  static func viewClock(from row: Row) throws -> ViewClock {
    ViewClock(
      asOf: try row.instant("as_of"), jobTime: try row.instant("job_time"),
      speed: try row["speed"], isShifted: try row["shifted"])
  }
}

extension Row {
  /// Spans as seconds: `interval` may count days, which have no fixed length, and JSON has no
  /// spans.
  func secondsIfAny(_ column: String) throws -> Double? { try decode(column, as: Double?.self) }

  func dateIfAny(_ column: String) throws -> CivilDate? {
    try decode(column, as: Day?.self).map { CivilDate($0) }
  }

  func wordIfAny<Word: RawRepresentable>(_ column: String, as _: Word.Type = Word.self) throws
    -> Word?
  where Word.RawValue == String {
    try decode(column, as: String?.self) == nil ? nil : try word(column)
  }

  func jsonIfAny<Value: Decodable>(_ column: String, as _: Value.Type = Value.self) throws
    -> Value?
  {
    try decode(column, as: JSONText?.self)?.decoded()
  }

  func count(_ column: String) throws -> Int { Int(try decode(column, as: Int64.self)) }
}
