import ArgumentParser

struct ConfigCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "config", abstract: "The configuration in force, and where each value came from.",
    discussion: """
      Needs no database. Secrets are shown as (set) or (not set), never themselves.
      Example: muhurat config --json
      """)

  @OptionGroup var options: GlobalOptions

  @Flag(help: "An array of objects: key, value, origin.")
  var json = false

  func execute() async throws {
    let configuration = try options.configuration()
    var entries = ConfigView(configuration, environment: options.environment).entries
    entries.append(jobsEntry)
    entries +=
      SecretsView(
        secrets: Secrets(folder: configuration.credentials, environment: options.environment)
      ).entries
    if json { return Console.say(try JSONOutput.text(entries)) }
    var table = Table([("KEY", .left), ("VALUE", .left), ("FROM", .left)])
    for entry in entries { table.add(entry.key, entry.value, entry.origin) }
    Console.say(table.text)
  }

  private var jobsEntry: ConfigEntry {
    guard let folder = try? options.jobsFolder() else {
      return ConfigEntry(key: "jobs", value: nil, origin: "no folder found")
    }
    let variable = options.environment["MUHURAT_JOBS"].flatMap { $0.isEmpty ? nil : "MUHURAT_JOBS" }
    return ConfigEntry(
      key: "jobs", value: folder, origin: options.jobs == nil ? variable ?? "default" : "--jobs")
  }
}
