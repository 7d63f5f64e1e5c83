import Desk
import FoundationEssentials
import Glibc
import HTTPClient
import Sharekhan
import Threads

/// Where secrets come from: systemd's credentials, files of one's own, the environment; in that order.
struct Secrets: Sendable {
  var folder: String
  var environment: [String: String]

  /// - Parameter name: such as `sharekhan.asha.api-key`.
  func secret(_ name: String) throws -> Secret? {
    for folder in [environment["CREDENTIALS_DIRECTORY"], self.folder].compactMap({ $0 }) {
      if let content = FileManager.default.contents(atPath: "\(folder)/\(name)") {
        var text = String(decoding: content, as: UTF8.self)
        while text.last?.isWhitespace == true { text.removeLast() }
        guard !text.isEmpty else {
          throw ConfigurationProblem("the secret \(name) in \(folder) is empty")
        }
        return Secret(text)
      }
    }
    let variable = "MUHURAT_" + name.uppercased().map { $0 == "." || $0 == "-" ? "_" : $0 }
    return environment[String(variable)].flatMap { $0.isEmpty ? nil : Secret($0) }
  }

  func required(_ name: String) throws -> Secret {
    if let secret = try secret(name) { return secret }
    let path = "\(folder)/\(name)"
    // Whoever has put it there must not be told to put it there.
    let failure = access(path, R_OK) == 0 ? EISDIR : errno
    if failure != ENOENT {
      throw ConfigurationProblem(
        "the secret \(path) cannot be read by user \(geteuid()): \(String(cString: strerror(failure))); "
          + "give it to the user that runs muhurat (mode 0600), or pass it as a systemd credential")
    }
    throw ConfigurationProblem(
      "no secret '\(name)': put it into \(path) (mode 0600) or a systemd credential")
  }

  func sharekhan(_ account: Account) throws -> Credentials {
    let prefix = "sharekhan.\(account.id)"
    var flow: LoginFlow?
    if let word = try secret("\(prefix).version-id") {
      flow = LoginFlow(word.reveal())
      guard flow != nil else {
        throw ConfigurationProblem("the secret \(prefix).version-id is not 1005, 1006 or none")
      }
    }
    return Credentials(
      apiKey: try required("\(prefix).api-key"), secretKey: try required("\(prefix).secret-key"),
      vendorKey: try secret("\(prefix).vendor-key"), flow: flow ?? .version(1005))
  }
}

/// Keys as they were at most a second ago. A sync asks for four books of an account one after the
/// other, and its keys lie in four files; new ones are in force before anybody can notice.
final class RecentCredentials: Sendable {
  private let secrets: Secrets
  private let known = Locked<[String: (credentials: Credentials, readAt: Duration)]>([:])

  init(_ secrets: Secrets) {
    self.secrets = secrets
  }

  func sharekhan(_ account: Account) throws -> Credentials {
    let now = SystemClock.sinceBoot()
    if let recent = known.withLock({ $0[account.id] }), now - recent.readAt < .seconds(1) {
      return recent.credentials
    }
    let credentials = try secrets.sharekhan(account)
    known.withLock { $0[account.id] = (credentials, now) }
    return credentials
  }
}
