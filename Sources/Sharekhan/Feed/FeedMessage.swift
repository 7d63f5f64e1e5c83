import Desk
import TradingTime

/// One text message of the broker's socket as a value. Every text gives one: what does not read is
/// `unknown` with a few words of it, is counted, and ends nothing.
enum FeedMessage: Sendable, Equatable {
  /// The one message that is not JSON.
  case heartbeat
  case connected
  /// The answer to our subscription, with the modules that succeeded.
  case subscribed(Set<FeedModule>)
  case items([FeedItem])
  /// The broker says that something is wrong.
  case refused(status: Int, message: String)
  case unknown(String)
}

enum FeedModule: String, Sendable, Hashable, CaseIterable {
  case feed, ack
}

/// One object within a message. The broker sends quotes and acknowledgements under the same name,
/// so that the keys alone tell them apart.
enum FeedItem: Sendable, Equatable {
  case quote(Tick)
  case acknowledgement(OrderAcknowledgement)
  case unknown(String)
}

extension FeedMessage {
  /// - Parameter account: whose connection it is; another customer's acknowledgements are nobody's.
  static func read(_ bytes: [UInt8], account: Account, receivedAt: Instant) -> FeedMessage {
    if bytes.elementsEqual("heartbeat".utf8) { return .heartbeat }
    let envelope: JSON
    do throws(JSONProblem) {
      envelope = try JSONReader.read(bytes)
    } catch {
      let start = Shown.text(String(decoding: bytes.prefix(120), as: UTF8.self))
      return start == "heartbeat"
        ? .heartbeat : .unknown("\(error.problem) at byte \(error.offset): \(start)")
    }
    guard case .object = envelope else { return .unknown("not an object: \(envelope.spelled(80))") }
    if let refusal = refusal(envelope) { return refusal }
    switch envelope["data"] {
    case .object?, .list?: break
    case .text(let words)?: return spoken(words)
    default: return .unknown("no data: \(envelope.spelled(80))")
    }
    let reading = FeedReading(
      account: account, receivedAt: receivedAt,
      sentAt: envelope["timestamp"]?.scalar.flatMap { Instant(rfc3339: $0) }, body: bytes)
    return .items(reading.items(envelope["data"] ?? .null))
  }

  /// 100 is the broker's word for success; where it says nothing, nothing is wrong.
  private static func refusal(_ envelope: JSON) -> FeedMessage? {
    guard let text = envelope["status"]?.scalar, text != "100" else { return nil }
    let words = ["message", "errorType", "error_type", "data"]
      .compactMap { envelope[$0]?.scalar }.joined(separator: ", ")
    return .refused(status: Int(text) ?? 0, message: Shown.text(words))
  }

  /// `success FEED,success ACK`, `successFEED`, …: compared without blanks and case.
  private static func spoken(_ words: String) -> FeedMessage {
    let plain = words.lowercased().filter { !$0.isWhitespace }
    if plain.hasPrefix("connected") { return .connected }
    let modules = FeedModule.allCases.filter { plain.contains("success\($0.rawValue)") }
    return modules.isEmpty ? .unknown("data: \(Shown.text(words))") : .subscribed(Set(modules))
  }
}

extension JSON {
  /// The beginning of this value, for a remark.
  func spelled(_ length: Int) -> String { Shown.text(String(spelled.prefix(length))) }
}
