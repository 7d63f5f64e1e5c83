package import HTTPClient
package import Jobs
import Threads
package import TradingTime

import class FoundationEssentials.JSONEncoder

/// A way of saying an alarm. It depends on nothing that may be what the alarm is about: neither the
/// database nor the runner's loops.
package struct AlarmWay: Sendable {
  package var channel: AlertChannel
  /// - Parameter name: the message's own; sent twice it is still the same message.
  package var send: @Sendable (_ message: AlarmMessage, _ name: String) async throws -> Void

  package init(
    _ channel: AlertChannel,
    send: @escaping @Sendable (_ message: AlarmMessage, _ name: String) async throws -> Void
  ) {
    self.channel = channel
    self.send = send
  }

  package static func email(_ mail: MailRoute, from place: String, in zone: ZoneRules)
    -> AlarmWay
  {
    AlarmWay(.email) { message, name in
      try await mail.send(
        mail.mail(
          name: name, subject: String.oneLine("[muhurat] " + message.subject),
          text: message.text(from: place, in: zone),
          sentAtSecondsSinceEpoch: message.at.microseconds / 1_000_000))
    }
  }

  /// - Parameter token: sent as a bearer's, if the receiver wants one.
  package static func webhook(
    _ url: Secret, token: Secret?, from place: String, client: WebClient
  ) -> AlarmWay {
    AlarmWay(.webhook) { message, name in
      var headers = [(name: "Content-Type", value: "application/json")]
      if let token {
        headers.append((name: "Authorization", value: "Bearer \(token.reveal())"))
      }
      let body = try JSONEncoder.sorted.encode(
        WebhookBody(
          text: "[muhurat, \(place)] \(message.subject)", id: name, from: place, alarm: message))
      try await client.post(url, headers: headers, body: [UInt8](body))
    }
  }
}

/// What a webhook gets: `text` is what chat rooms show, the rest is for programs.
private struct WebhookBody: Encodable {
  var text: String
  var id: String
  var from: String
  var alarm: AlarmMessage
}

/// The other side did not take it.
struct NotTaken: Error, CustomStringConvertible {
  var description: String
}

extension WebClient {
  /// Taken means any 2xx. Errors name the host at most: the rest of the address may be a token.
  func post(_ url: Secret, headers: [(name: String, value: String)], body: [UInt8]) async throws {
    let request = WebRequest(
      method: "POST", url: url.reveal(), headers: headers, body: body, timeLimit: .seconds(10),
      bodyLimit: 1 << 20)
    let answer = try await self.request(request)
    guard (200...299).contains(answer.status) else {
      throw NotTaken(description: "\(request) was answered with \(answer.status)")
    }
  }
}

extension JSONEncoder {
  fileprivate static var sorted: JSONEncoder {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return encoder
  }
}

extension String {
  /// A line break or another control character would begin a header of its own.
  static func oneLine(_ text: String) -> String {
    let plain = String(
      text.unicodeScalars.map { $0.value < 0x20 || $0.value == 0x7F ? " " : Character($0) })
    return FailureWords.shortened(plain, to: 200)
  }
}
