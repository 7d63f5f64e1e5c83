import ArgumentParser
import Desk
import DeskStore
import FoundationEssentials
import Glibc
import JobStore
import Sharekhan

struct SignInCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "sign-in", abstract: "Obtain the day's broker token for an account.",
    discussion: """
      Prints the login page's address, then reads the address the page leads to (or the bare
      request token) from standard input; on a terminal it is not shown. It is never an
      argument: arguments are seen by everybody on the machine. The day's token is
      kept in a file of mode 0600 under 'runtime'.
      Examples:
        muhurat sign-in asha
        muhurat sign-in asha --from /run/user/1000/redirect.txt
        muhurat sign-in asha --login-page      (a simulator on this machine)
      """)

  @OptionGroup var options: GlobalOptions

  @Argument(help: "The account's short name.")
  var account: String

  @Option(help: "Read the redirect address or request token from this file.")
  var from: String?

  @Flag(help: "Sign in without a person, as a simulator on loopback allows.")
  var loginPage = false

  @Flag(help: "Only print the login page's address.")
  var url = false

  @Flag(help: "One object.")
  var json = false

  func validate() throws {
    if [from != nil, loginPage, url].count(where: { $0 }) > 1 {
      throw ValidationError("give one of --from, --login-page and --url")
    }
  }

  func execute() async throws {
    let house = try await House.open(options)
    let account = try await house.desk.account(account, on: house.control.pool)
    if url { return Console.say(try house.broker.loginURL(for: account)) }
    try refuseForeignStore(house.configuration.runtime)
    let state = try await signIn(account, house)
    let view = AccountView(account: account, signIn: state)
    if json { return Console.say(try JSONOutput.text(view)) }
    Console.say("\(account.id) \(view.words(try house.homeZone()))")
    Console.say("next: muhurat run sync-positions --item \(account.id)")
  }

  private func signIn(_ account: Account, _ house: House) async throws -> SignInState {
    do {
      if loginPage { return try await house.broker.signInThroughLoginPage(account) }
      return try await house.broker.signIn(account, redirect: try redirect(account, house))
    } catch BrokerError.refused(let status, let message) where (400..<404).contains(status) {
      throw Refusal(
        .notPermitted,
        "the broker refused the sign-in (\(status)): \(message); a request token is good once and "
          + "for minutes: log in again")
    }
  }

  private func redirect(_ account: Account, _ house: House) throws -> String {
    if let from {
      guard let content = FileManager.default.contents(atPath: from) else {
        throw Refusal(.usage, "--from '\(from)' cannot be read; check its name and permissions")
      }
      return try usable(String(decoding: content.prefix(SignInPrompt.limit), as: UTF8.self))
    }
    let page = try house.broker.loginURL(for: account)
    Console.complain(
      "1. open and log in as customer \(account.customerID):\n   \(page)\n"
        + "2. copy the address the page leads to, request_token=… and all")
    return try usable(
      try SignInPrompt.read("3. paste it here (it is not shown) and press Enter: "))
  }

  private func usable(_ text: String) throws -> String {
    guard text.contains(where: { !$0.isWhitespace }) else {
      throw Refusal(
        .usage, "no address came; nothing was sent to the broker. Try again, or use --from FILE")
    }
    return text
  }

  /// A token that the service cannot read would leave the desk signed out without a word.
  private func refuseForeignStore(_ directory: String) throws {
    var facts = stat()
    guard stat(directory, &facts) == 0, facts.st_uid != geteuid() else { return }
    let owner = getpwuid(facts.st_uid).map { String(cString: $0.pointee.pw_name) }
    throw Refusal(
      .notPermitted,
      "\(directory) belongs to \(owner ?? "user \(facts.st_uid)"); run as that user: "
        + "sudo -u \(owner ?? "'#\(facts.st_uid)'") muhurat sign-in \(account)")
  }
}
