@testable import HTTPClient
@testable import JobStore
import Jobs
@testable import Postgres
@testable import Runner
import Testing

/// The HTTP client has an ending of its own.
private typealias Ending = Jobs.Ending

@Suite struct `What an error means for a run` {
  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    let error: any Error
    var isIdempotent = false
    fileprivate let ending: Ending?
    var testDescription: String { name }
  }

  private static func server(_ state: String) -> PostgresError {
    .server(
      ServerError(
        severity: "ERROR", sqlState: state, message: "so it is", detail: "the row", hint: nil,
        constraint: nil, table: nil, position: nil))
  }

  private static func transient(_ text: String) -> Ending { .failed(text, transient: true) }

  private struct Mute: Error { let token = "eyJhbGciOi" }

  static let cases: [Case] = [
    Case(
      name: "a unit's own words", error: UnitFailure("no prices for INFY"),
      ending: .failed("no prices for INFY")),
    Case(
      name: "a unit's transient failure", error: UnitFailure("busy", isTransient: true),
      ending: transient("busy")),
    Case(
      name: "a unit that does not know", error: UnitFailure("sent", outcome: .unknown),
      isIdempotent: true, ending: Ending(.unknown, error: "sent")),
    Case(name: "a lost claim", error: ClaimLost(run: 1, fence: 2), ending: nil),
    Case(
      name: "cancellation", error: CancellationError(),
      ending: Ending(.interrupted, error: "it was stopped before its work was done")),
    Case(
      name: "cancellation in the database", error: PostgresError.cancelled,
      ending: Ending(.interrupted, error: "it was stopped before its work was done")),
    Case(
      name: "SQLSTATE 08", error: server("08006"), ending: transient("ERROR 08006: so it is")),
    Case(
      name: "SQLSTATE 40", error: server("40P01"), ending: transient("ERROR 40P01: so it is")),
    Case(
      name: "SQLSTATE 53", error: server("53300"), ending: transient("ERROR 53300: so it is")),
    Case(
      name: "SQLSTATE 57", error: server("57P01"), ending: transient("ERROR 57P01: so it is")),
    Case(
      name: "SQLSTATE 23", error: server("23505"), ending: .failed("ERROR 23505: so it is")),
    Case(
      name: "a statement of a pipeline",
      error: PostgresError.pipeline(index: 1, count: 3, server("40001")),
      ending: transient("statement 2 of 3 in a pipeline: ERROR 40001: so it is")),
    Case(
      name: "no database", error: PostgresError.unavailable("refused"),
      ending: transient("database unavailable: refused")),
    Case(
      name: "a lost connection", error: PostgresError.connectionLost("reset"),
      ending: transient("connection to the database lost: reset")),
    Case(
      name: "a statement that took too long", error: PostgresError.timedOut("a statement"),
      ending: transient("a statement took longer than its deadline allowed")),
    Case(
      name: "a commit without an answer", error: PostgresError.commitUnknown("reset"),
      ending: Ending(
        .unknown,
        error: "commit sent, answer lost (reset); read the rows before writing them again; it may "
          + "have happened, and the job is not idempotent")),
    Case(
      name: "a commit without an answer that may be repeated",
      error: PostgresError.commitUnknown("reset"), isIdempotent: true,
      ending: transient(
        "commit sent, answer lost (reset); read the rows before writing them again")),
    Case(
      name: "a server that refused the connection",
      error: WebError(host: "broker", cause: .refused, mayHaveArrived: false),
      ending: transient("broker refused the connection; is it running, and is the port right?")),
    Case(
      name: "an answer that did not come",
      error: WebError(host: "broker", cause: .cutShort, mayHaveArrived: true),
      ending: Ending(
        .unknown,
        error: "broker closed the connection before its answer was complete; it may have happened, "
          + "and the job is not idempotent")),
    Case(
      name: "an answer that did not come and may be asked for again",
      error: WebError(host: "broker", cause: .timedOut(.seconds(5)), mayHaveArrived: true),
      isIdempotent: true, ending: transient("broker timed out after 5s")),
    Case(
      name: "a certificate that is wrong",
      error: WebError(host: "broker", cause: .tls("expired"), mayHaveArrived: false),
      ending: .failed("TLS with broker failed: expired")),
    Case(
      name: "mail put off",
      error: MailError(host: "mx", cause: .rejected(code: 451, reply: "later")),
      ending: transient("mail: mx rejected the message (451): later")),
    Case(
      name: "mail refused", error: MailError(host: "mx", cause: .loginRefused(code: 535)),
      ending: .failed("mail: mx refused the login (535); check user and password")),
    Case(
      name: "an error without words keeps what it holds to itself", error: Mute(),
      ending: .failed("Mute (the error has no words of its own)")),
  ]

  @Test(arguments: cases) func `follows from its kind`(_ example: Case) {
    let ending = FailureWords.ending(of: example.error, isIdempotent: example.isIdempotent)
    #expect(ending == example.ending)
  }
}

@Suite struct `The text of an error` {
  @Test func `is cut at two thousand characters`() {
    let ending = FailureWords.ending(
      of: UnitFailure(String(repeating: "é", count: 1_000_000)), isIdempotent: false)
    #expect(ending?.error == String(repeating: "é", count: 1994) + " (cut)")
    let whole = String(repeating: "é", count: 2000)
    #expect(
      FailureWords.ending(of: UnitFailure(whole), isIdempotent: false)?.error == whole)
  }

  @Test func `shows control characters instead of sending them to a terminal`() {
    #expect(FailureWords.storable("a\0b\u{1B}[2J\tc\nd") == "a␀b␛[2J\tc\nd")
  }

  @Test(arguments: [
    ("postgresql://desk:hunter2@db/muhurat refused", "postgresql://…@db/muhurat refused"),
    ("GET https://host/path?access_token=abc&x=1 failed", "GET https://host/path?… failed"),
    ("Authorization: Bearer abcdefghijk.lmnop", "Authorization: …"),
    ("password=hunter2, user=desk", "password=…, user=desk"),
    ("{\"secret-key\": 1, \"api_key\": \"abc\"}", "{\"secret-key\": …, \"api_key\": …\"}"),
    ("unexpected token: ')' at 3:4", "unexpected token: ')' at 3:4"),
    ("the token expired 08:30; sign in again", "the token expired 08:30; sign in again"),
  ])
  func `loses what can be told to be a secret`(_ said: String, _ kept: String) {
    #expect(FailureWords.storable(said) == kept)
  }
}
