import DeskUnits
import HTTPClient
import Reports

extension ReportDelivery {
  /// As configured: files always, mail if a server is named.
  init(_ configuration: Configuration, _ secrets: Secrets) throws {
    let files = FileDelivery(folder: configuration.reports.directory)
    guard let keys = configuration.reports.mail else {
      self.init(files: files)
      return
    }
    do {
      // On this machine's own mail server there is no wire to listen on.
      let server = MailServer(
        url: keys.server, requiresStartTLS: !isLoopback(url: keys.server), user: keys.user,
        password: try secrets.secret("smtp.password"))
      let from = try MailAddress(keys.from)
      let domain =
        keys.from.split(separator: "@").last.map { $0.filter { $0 != ">" } } ?? "localhost"
      self.init(
        files: files,
        mail: MailDelivery(
          mailer: Mailer(server, client: WebClient()), from: from,
          to: try keys.to.map { try MailAddress($0) },
          host: String(domain)))
    } catch {
      throw Refusal(.configuration, "reports.mail: \(error)")
    }
  }
}
