import Desk
import HTTPClient
import Jobs
import Runner
import TradingTime

extension AlarmSettings {
  /// As configured: mail if a server is named, for alarms or for reports; a webhook and a heartbeat
  /// if there are addresses. Needs no database, because that may be what is missing.
  init(_ configuration: Configuration, _ secrets: Secrets, host: String) throws {
    self.init()
    let keys = configuration.alarms
    manners.remindAfter = keys.remind
    limits.signIn = keys.signIn
    place = "\(configuration.mode.rawValue) on \(host)"
    zone = AlmanacSource.zone(configuration.timezone) ?? .utc
    if let mail = keys.mail {
      ways.append(.email(try MailRoute(mail, "alarms.mail", secrets), from: place, in: zone))
    } else if let mail = configuration.reports.mail {
      ways.append(.email(try MailRoute(mail, "reports.mail", secrets), from: place, in: zone))
    }
    let client = WebClient()
    if let url = try Self.address("webhook.url", keys.webhook, secrets) {
      ways.append(
        .webhook(url, token: try secrets.secret("webhook.token"), from: place, client: client))
    }
    if let url = try Self.address("heartbeat.url", keys.heartbeat, secrets) {
      heartbeat = HeartbeatSettings(url: url, every: keys.heartbeatEvery, client: client)
    }
  }

  /// The secret if there is one; whoever knows an address with a token in it can speak in our name.
  private static func address(
    _ name: String, _ configured: String?, _ secrets: Secrets
  ) throws -> Secret? {
    guard let url = try secrets.secret(name) ?? configured.map({ Secret($0) }) else { return nil }
    let text = url.reveal()
    guard text.hasPrefix("https://") || text.hasPrefix("http://") else {
      throw Refusal(.configuration, "\(name): expected an address that begins with https://")
    }
    return url
  }
}
