import FoundationEssentials
import YAML

/// Which file, which folder: the option, the variable, the working directory, the machine.
struct ConfigurationSearch {
  var environment: [String: String]

  /// - Parameter option: `--config`.
  func configuration(_ option: String?) throws -> Configuration {
    var configuration = Configuration()
    if let path = try path(
      option: option, variable: "MUHURAT_CONFIG",
      defaults: ["config/muhurat.yaml", "/etc/muhurat/muhurat.yaml"])
    {
      configuration = try ConfigurationFile.read(try bytes(of: path), name: path)
      let folder =
        path.contains("/") ? String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)]) : "."
      configuration.calendars = configuration.calendars.resolved(in: folder)
    }
    try configuration.override(from: environment)
    return configuration
  }

  /// - Parameter option: `--jobs`.
  func jobsFolder(_ option: String?) throws -> String {
    let found = try path(
      option: option, variable: "MUHURAT_JOBS", defaults: ["jobs", "/etc/muhurat/jobs"])
    guard let found else {
      throw ConfigurationProblem(
        "no folder of job files: neither jobs nor /etc/muhurat/jobs is there; name one with --jobs")
    }
    return found
  }

  /// What was named must be there; a default that is missing is passed over.
  private func path(option: String?, variable: String, defaults: [String]) throws -> String? {
    let named =
      option.map { ($0, "--\(variable.dropFirst(8).lowercased())") }
      ?? environment[variable].flatMap { $0.isEmpty ? nil : ($0, variable) }
    if let (path, by) = named {
      guard FileManager.default.fileExists(atPath: path) else {
        throw ConfigurationProblem("\(by) names '\(path)', which is not there")
      }
      return path
    }
    return defaults.first { FileManager.default.fileExists(atPath: $0) }
  }

  private func bytes(of path: String) throws -> [UInt8] {
    guard let content = FileManager.default.contents(atPath: path) else {
      throw ConfigurationProblem("\(path) cannot be read; check its permissions")
    }
    return [UInt8](content)
  }
}

extension String {
  /// Relative to the file that names it.
  func resolved(in folder: String) -> String { hasPrefix("/") ? self : "\(folder)/\(self)" }
}
