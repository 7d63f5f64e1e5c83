import ArgumentParser

struct ServeCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "serve", abstract: "The daemon: scheduler, workers, status endpoint.",
    discussion: """
      Example: muhurat serve --listen 127.0.0.1:8420
      SIGHUP reloads the job files; SIGTERM drains and leaves.
      """)

  @OptionGroup var options: GlobalOptions

  @Option(help: "ADDRESS:PORT of the status endpoint, or off.")
  var listen: String?

  func execute() async throws {
    try await Daemon(options: options, listen: listen).run()
  }
}
