import FoundationEssentials
import Sharekhan

/// Which secrets are there, by the names that are known: never what they are.
struct SecretsView {
  let secrets: Secrets

  var entries: [ConfigEntry] {
    (Self.known + accounts.flatMap(Self.names)).map { name in
      let origin = origin(of: name)
      return ConfigEntry(
        key: name, value: origin == nil ? "(not set)" : "(set)", origin: origin ?? "–")
    }
  }

  private static let known = [
    "operator-token", "read-token", "smtp.password", "webhook.url", "webhook.token",
    "heartbeat.url",
  ]

  private static func names(of account: String) -> [String] {
    kinds.map { "sharekhan.\(account).\($0)" }
  }

  private static let kinds = ["api-key", "secret-key", "vendor-key", "version-id"]

  /// Every account for which any secret is found; the database is not asked.
  private var accounts: [String] {
    let files = folders.flatMap {
      (try? FileManager.default.contentsOfDirectory(atPath: $0)) ?? []
    }
    let named = files.compactMap { file -> String? in
      let parts = file.split(separator: ".", omittingEmptySubsequences: false)
      guard parts.count == 3, parts[0] == "sharekhan", Self.kinds.contains(String(parts[2])) else {
        return nil
      }
      return String(parts[1])
    }
    return Set(named + secrets.environment.keys.compactMap(Self.account(inVariable:))).sorted()
  }

  /// `MUHURAT_SHAREKHAN_ASHA_API_KEY`
  private static func account(inVariable name: String) -> String? {
    let prefix = "MUHURAT_SHAREKHAN_"
    guard name.hasPrefix(prefix) else { return nil }
    for kind in kinds {
      let suffix = "_" + kind.uppercased().replacing("-", with: "_")
      let account = name.dropFirst(prefix.count).dropLast(suffix.count)
      if name.hasSuffix(suffix), !account.isEmpty {
        return account.lowercased().replacing("_", with: "-")
      }
    }
    return nil
  }

  private var folders: [String] {
    [secrets.environment["CREDENTIALS_DIRECTORY"], secrets.folder].compactMap(\.self)
  }

  /// In the order in which secrets are looked for.
  private func origin(of name: String) -> String? {
    for folder in folders where FileManager.default.fileExists(atPath: "\(folder)/\(name)") {
      return "\(folder)/\(name)"
    }
    let variable = "MUHURAT_" + String(name.uppercased().map { $0 == "." || $0 == "-" ? "_" : $0 })
    return secrets.environment[variable].flatMap { $0.isEmpty ? nil : variable }
  }
}
