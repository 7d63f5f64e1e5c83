package import Jobs
import Postgres
import TradingTime
import Threads

/// Messages on their way: claimed by one daemon at a time, tried until they get through.
extension JobStore {
  package struct ClaimedMessage: Sendable {
    package var id: Int64
    package var message: AlarmMessage
    /// Attempts that failed so far.
    package var attempts: Int
  }

  /// How long a daemon may have a message in hand without a word; then another may send it.
  private static let hold = "90 seconds"

  /// Not ended, and waiting neither for its next attempt nor in somebody's hand. What lies further
  /// ahead than any pause was written before the server's clock was set back.
  static let messageIsDue = """
    sent_at is null and given_up_at is null
    and due_at not between clock_timestamp() and clock_timestamp() + interval '10 minutes'
    and coalesce(claimed_until not between clock_timestamp()
                   and clock_timestamp() + interval '10 minutes', true)
    """

  package func claimMessages(
    _ channel: AlertChannel, limit: Int = 20
  ) async throws -> [ClaimedMessage] {
    try await pool.query(
      """
      with due as materialized (
        select id from jobs.alarm_message
         where channel = $1 and \(Self.messageIsDue)
         order by id
         limit $2
           for update skip locked
      )
      update jobs.alarm_message m
         set claimed_by = $3, claimed_until = clock_timestamp() + $4::text::interval
        from due where m.id = due.id
      returning m.id, m.message, m.attempts
      """, channel.rawValue, limit, holder, Self.hold, deadline: .after(.seconds(3))
    ).map { row in
      ClaimedMessage(
        id: try row["id"], message: try row.decode("message", as: JSONText.self).decoded(),
        attempts: Int(try row.decode("attempts", as: Int32.self)))
    }.sorted { $0.id < $1.id }
  }

  package func messageSent(_ id: Int64) async throws {
    try await pool.query(
      """
      update jobs.alarm_message
         set sent_at = clock_timestamp(), given_up_at = null, attempts = attempts + 1, error = null,
             claimed_by = null, claimed_until = null
       where id = $1 and sent_at is null
      """, id, deadline: .after(.seconds(3)))
  }

  /// Stays in this daemon's hand until its next attempt, and goes to another if that never comes.
  ///
  /// - Parameter pause: nil gives it up.
  package func messageFailed(_ id: Int64, error: String, pause: Duration?) async throws {
    try await pool.query(
      """
      update jobs.alarm_message
         set attempts = attempts + 1, error = $2,
             given_up_at = case when $3::float8 is null then clock_timestamp() end,
             due_at = clock_timestamp() + make_interval(secs => coalesce($3, 0)),
             claimed_by = case when $3 is not null then $4 end,
             claimed_until = clock_timestamp() + make_interval(secs => $3) + $5::text::interval
       where id = $1 and sent_at is null
         and (claimed_by is null or claimed_by = $4 or claimed_until < clock_timestamp())
      """, id, error, pause.map { $0 / .seconds(1) }, holder, Self.hold,
      deadline: .after(.seconds(3)))
  }

  /// Clocks that stepped, machines that slept: for the record.
  package func record(_ event: ClockEvent) async throws {
    try await pool.query(
      """
      insert into jobs.clock_event (holder, at, kind, seconds, sentence)
      values ($1, $2, $3, $4, $5) on conflict do nothing
      """, holder, Timestamp(event.at), event.kind.rawValue, event.seconds, event.sentence,
      deadline: .after(.seconds(3)))
  }
}
