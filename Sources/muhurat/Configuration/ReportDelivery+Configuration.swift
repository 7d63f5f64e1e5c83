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
    self.init(
      files: files, mail: MailDelivery(try MailRoute(keys, "reports.mail", secrets)))
  }
}

extension MailRoute {
  /// - Parameter key: where it is configured, for whoever must mend it.
  init(_ keys: Configuration.MailKeys, _ key: String, _ secrets: Secrets) throws {
    do {
      // On this machine's own mail server there is no wire to listen on.
      let server = MailServer(
        url: keys.server, requiresStartTLS: !isLoopback(url: keys.server), user: keys.user,
        password: keys.user == nil ? nil : try secrets.secret("smtp.password"))
      let domain =
        keys.from.split(separator: "@").last.map { $0.filter { $0 != ">" } } ?? "localhost"
      self.init(
        mailer: Mailer(server, client: WebClient()), from: try MailAddress(keys.from),
        to: try keys.to.map { try MailAddress($0) }, host: String(domain))
    } catch {
      throw Refusal(.configuration, "\(key): \(error)")
    }
  }
}
