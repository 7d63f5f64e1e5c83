import ArgumentParser
import Desk
import DeskStore
import JobStore
import TradingTime

struct VaultCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "vault", abstract: "The broker's answers, byte for byte, and what they say.",
    discussion: """
      Example: muhurat vault replay --from 2026-07-06 --to 2026-07-09
      """,
    subcommands: [VaultListCommand.self, VaultShowCommand.self, VaultReplayCommand.self])
}

/// Which answers are meant.
struct VaultSpan: ParsableArguments {
  @Option(help: "From this session on, such as 2026-07-06.", transform: ArgumentDate.read)
  var from: CivilDate?

  @Option(help: "Up to and with this session.", transform: ArgumentDate.read)
  var to: CivilDate?

  @Option(help: "Only this account's.")
  var account: String?

  @Option(help: "Only this book: orders, positions, holdings, funds, trades, master, candles.")
  var book: String?

  func validate() throws {
    if let from, let to, from > to { throw ValidationError("--from \(from) is after --to \(to)") }
  }

  /// - Throws: if no such account is known.
  func filter(_ house: House) async throws -> VaultFilter {
    if let account { _ = try await house.desk.account(account, on: house.control.pool) }
    return VaultFilter(from: from, through: to, account: account, book: book)
  }
}

struct VaultListCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "Answers, newest first, those the broker refused included.",
    discussion: "Example: muhurat vault list --account asha --book positions --limit 5")

  @OptionGroup var options: GlobalOptions
  @OptionGroup var span: VaultSpan

  @Option(help: "How many at most.")
  var limit = 20

  @Option(help: "Only answers older than this one: the next page.")
  var before: Int64?

  @Flag(help: "An array of objects.")
  var json = false

  func validate() throws {
    guard (1...10_000).contains(limit) else {
      throw ValidationError("--limit \(limit) is not 1 to 10000")
    }
  }

  func execute() async throws {
    let house = try await House.open(options)
    let entries = try await house.desk.vaultEntries(
      try await span.filter(house), before: before, limit: limit, on: house.control.pool)
    if json { return Console.say(try JSONOutput.text(entries.map(VaultEntryView.init))) }
    guard !entries.isEmpty else { return Console.say("no such answers in the vault") }
    Console.say(VaultEntryView.table(entries, try house.homeZone()))
    if entries.count == limit, let last = entries.last {
      Console.say("there may be older ones: --before \(last.id)")
    }
  }
}

struct VaultShowCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "One answer: when, to what, and its bytes.",
    discussion: """
      Examples:
        muhurat vault show 4711
        muhurat vault show 4711 --bytes | sha256sum
      """)

  @OptionGroup var options: GlobalOptions

  @Argument(help: "The answer's number.")
  var id: Int64

  @Flag(help: "Only the bytes, as they came.")
  var bytes = false

  @Flag(help: "One object; the bytes as text.")
  var json = false

  func validate() throws {
    if bytes, json { throw ValidationError("give one of --bytes and --json") }
  }

  func execute() async throws {
    let house = try await House.open(options)
    guard let (entry, body) = try await house.desk.vaultAnswer(id, on: house.control.pool) else {
      throw Refusal(
        .data, "there is no answer \(id) in the vault; it may have been pruned: muhurat vault list")
    }
    if bytes { return Console.write(body, to: 1) }
    var view = VaultEntryView(entry)
    view.body = String(decoding: body, as: UTF8.self)
    Console.say(json ? try JSONOutput.text(view) : view.text(try house.homeZone()))
  }
}
