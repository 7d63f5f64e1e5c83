import ArgumentParser
import JobStore
import TradingTime

struct VerifyCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Check that nobody has changed the operators' record.",
    discussion: """
      Every row of jobs.audit carries the hash of the row before it and of itself. One sentence says
      that all fit, or where they do not. Keep the head hash it prints outside the database: with
      --expect it shows that nothing up to then was cut off or written anew.
      Ends with 65 where the record breaks.
      Examples:
        muhurat verify
        muhurat verify --expect 5f1d…e2
      """)

  @OptionGroup var options: GlobalOptions

  @Option(help: "A head hash that was printed before.")
  var expect: String?

  @Flag(help: "One object.")
  var json = false

  func validate() throws {
    guard let expect else { return }
    guard expect.count == 64, expect.allSatisfy(\.isHexDigit) else {
      throw ValidationError(
        "--expect '\(expect)' is no hash; it is the 64 digits that muhurat verify printed")
    }
  }

  func execute() async throws {
    let house = try await House.open(options)
    let check = try await house.control.checkRecord(expecting: expect)
    if json {
      Console.say(try JSONOutput.text(VerifyView(check)))
    } else if check.isWhole {
      Console.say("\(check)")
      Console.say("head: \(check.head)")
    } else {
      Console.complain("\(check)")
    }
    guard check.isWhole else { throw Exit.data.code }
  }
}

/// A check as `--json` gives it.
struct VerifyView: Encodable {
  let isWhole: Bool
  let sentence: String
  let rows: Int64
  let lastAt: Instant?
  let head: String
  let rowsSinceExpected: Int64?

  init(_ check: RecordCheck) {
    isWhole = check.isWhole
    sentence = "\(check)"
    rows = check.rows
    lastAt = check.lastAt
    head = check.head
    rowsSinceExpected = check.expected?.rowsSince
  }

  enum CodingKeys: String, CodingKey {
    case isWhole = "is_whole"
    case sentence, rows
    case lastAt = "last_at"
    case head
    case rowsSinceExpected = "rows_since_expected"
  }
}
