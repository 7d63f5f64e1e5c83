import ArgumentParser
import Desk
import DeskStore
import JobStore
import Sharekhan
import TradingTime

struct AccountCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "account", abstract: "The desk's accounts at the broker.",
    discussion: """
      Example: muhurat account add asha --customer 1000001 --name "Asha Rao"
      """,
    subcommands: [AccountAddCommand.self, AccountListCommand.self, AccountShowCommand.self])
}

struct AccountListCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "All accounts, and which are signed in.",
    discussion: "Example: muhurat account list --json")

  @OptionGroup var options: GlobalOptions

  @Flag(help: "An array of objects.")
  var json = false

  func execute() async throws {
    let house = try await House.open(options)
    let accounts = try await house.desk.accounts(on: house.control.pool).map(house.view)
    if json { return Console.say(try JSONOutput.text(accounts)) }
    guard !accounts.isEmpty else {
      return Console.say("no accounts yet; run: muhurat account add ID --customer NUMBER")
    }
    let zone = try house.homeZone()
    var table = Table([
      ("ACCOUNT", .left), ("CUSTOMER", .left), ("NAME", .left), ("ENABLED", .left),
      ("SIGN-IN", .left),
    ])
    for view in accounts {
      table.add(
        view.account.id, view.account.customerID, view.account.name,
        view.account.isEnabled ? "yes" : "no", view.words(zone))
    }
    Console.say(table.text)
    if let first = accounts.first(where: { $0.account.isEnabled && !$0.signIn.isSignedIn }) {
      Console.say("next: muhurat sign-in \(first.account.id)")
    }
  }
}

struct AccountShowCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "One account.",
    discussion: "Example: muhurat account show asha")

  @OptionGroup var options: GlobalOptions

  @Argument(help: "The account's short name.")
  var account: String

  @Flag(help: "One object.")
  var json = false

  func execute() async throws {
    let house = try await House.open(options)
    let view = house.view(try await house.desk.account(account, on: house.control.pool))
    if json { return Console.say(try JSONOutput.text(view)) }
    let lines = [
      ("account", view.account.id), ("customer", view.account.customerID),
      ("name", view.account.name), ("mode", view.account.mode.rawValue),
      ("enabled", view.account.isEnabled ? "yes" : "no"),
      ("sign-in", view.words(try house.homeZone())),
    ]
    Console.say(lines.map { "\($0.0.padded(to: 9)) \($0.1)" }.joined(separator: "\n"))
    if !view.signIn.isSignedIn { Console.say("next: muhurat sign-in \(account)") }
  }
}

extension House {
  func view(_ account: Account) -> AccountView {
    AccountView(account: account, signIn: broker.signInState(of: account))
  }
}
