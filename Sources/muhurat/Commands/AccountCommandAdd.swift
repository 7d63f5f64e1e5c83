import ArgumentParser
import Desk
import DeskStore
import HTTPClient
import JobStore

struct AccountAddCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "add", abstract: "Put an account on the desk's books.",
    discussion: """
      The short name stands in locks, files and messages; the customer number goes to the
      broker only. Its keys are secrets and never arguments: the answer says where they belong.
      Example: muhurat account add asha --customer 1000001 --name "Asha Rao"
      """)

  @OptionGroup var options: GlobalOptions

  @Argument(help: "Short name: lower-case letters, digits and inner hyphens.")
  var id: String

  @Option(help: "The broker's customer number.")
  var customer: String

  @Option(help: "Whose account it is; default: the short name.")
  var name = ""

  @Flag(help: "One object.")
  var json = false

  func validate() throws {
    guard Account.isUsable(customerID: customer) else {
      throw ValidationError("--customer " + DeskRefusal.unusableCustomer(customer).description)
    }
    guard Account.isUsable(id: id) else {
      throw ValidationError(DeskRefusal.unusableAccountID(id).description)
    }
  }

  func execute() async throws {
    let house = try await House.open(options)
    house.announce()
    let account = try await house.desk.add(
      Account(id: id, customerID: customer, name: name, mode: house.desk.mode),
      on: house.control.pool)
    if json { return Console.say(try JSONOutput.text(house.view(account))) }
    Console.say("account \(id) added, \(house.desk.mode.rawValue)")
    for key in ["api-key", "secret-key"] {
      let secret = "sharekhan.\(id).\(key)"
      if try house.secrets.secret(secret) == nil {
        Console.say("next: put its \(key) into \(house.secrets.folder)/\(secret) (mode 0600)")
      }
    }
    Console.say("next: muhurat sign-in \(id)")
  }
}
