import ArgumentParser
import Desk
import DeskStore
import JobStore
import Sharekhan

struct SignOutCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "sign-out", abstract: "End an account's sign-in, here and at the broker.",
    discussion: """
      The day's token is forgotten on this machine whatever the broker says to it.
      Example: muhurat sign-out asha
      """)

  @OptionGroup var options: GlobalOptions

  @Argument(help: "The account's short name.")
  var account: String

  func execute() async throws {
    let house = try await House.open(options)
    let account = try await house.desk.account(account, on: house.control.pool)
    do {
      try await house.broker.signOut(account)
      Console.say("\(account.id) is signed out; its jobs wait for: muhurat sign-in \(account.id)")
    } catch let error as BrokerError {
      Console.say(
        "\(account.id) is signed out on this machine; the broker's token lives on until it expires: "
          + "\(error)")
    }
  }
}
