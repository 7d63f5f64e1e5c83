import Desk
import Threads

/// What one connection does from its opening to its end, as values: no socket and no clock in here.
/// Moments are on the clock that neither jumps nor stops.
///
/// After the opening it subscribes to both modules, waits for the answer, then asks for the
/// account's acknowledgements and for all instruments; so every new connection has the whole
/// subscription again.
struct FeedSession: Sendable {
  struct Limits: Sendable {
    /// Instruments in one request.
    var chunk = 100
    var ping = Duration.seconds(30)
    /// Without any message for longer, the connection is given up, whatever TCP thinks of it.
    var silence = Duration.seconds(90)
    /// For the answer to the subscription; after it we ask as if it had come.
    var answer = Duration.seconds(5)
    /// For the first depth, where it is followed.
    var depth = Duration.seconds(60)
  }

  /// What to follow of an instrument; each is asked for by itself.
  enum Mode: String, Sendable, CaseIterable {
    case quotes = "ltp"
    case depth
  }

  enum Action: Sendable, Equatable {
    case send(String)
    case ping
    /// Give the connection up.
    case leave(String)
    /// Something that is worth a count.
    case remark(String)
  }

  private let limits: Limits
  private let customerID: String?
  private let modes: [Mode]
  private(set) var wanted: Set<InstrumentKey>
  private var asked: Set<InstrumentKey> = []
  private var isSubscribed = false
  private var openedAt = Duration.zero
  private var heardAt = Duration.zero
  private var pingedAt = Duration.zero
  /// When the first quote came, from which on depths should come too.
  private var quotedAt: Duration?
  private var isDepthSettled = false
  /// Of all messages so far; told when no depth was found in any, because one may be in it in a form
  /// that nobody foresaw.
  private var longest: [UInt8] = []

  /// - Parameters:
  ///   - customerID: whose acknowledgements to ask for; nil: none.
  ///   - modes: what to follow of each instrument.
  init(
    wanted: Set<InstrumentKey>, customerID: String?, modes: [Mode] = [.quotes],
    limits: Limits = Limits()
  ) {
    self.wanted = wanted
    self.customerID = customerID
    self.modes = modes
    self.limits = limits
  }

  mutating func opened(at now: Duration) -> [Action] {
    (openedAt, heardAt, pingedAt) = (now, now, now)
    let modules = customerID == nil ? ["feed"] : ["feed", "ack"]
    return [.send(FeedRequest(action: "subscribe", keys: modules, values: [""]).text)]
  }

  mutating func heard(
    _ message: FeedMessage, spelled bytes: [UInt8] = [], at now: Duration
  ) -> [Action] {
    heardAt = now
    if modes.contains(.depth), !isDepthSettled, bytes.count > longest.count { longest = bytes }
    switch message {
    case .subscribed(let modules):
      let missing = customerID != nil && !modules.contains(.ack) && !isSubscribed
      return (missing ? [.remark("the broker did not subscribe us to acknowledgements")] : [])
        + begin()
    // Quotes say that we are subscribed, whatever became of the answer.
    case .items(let items):
      quotedAt = quotedAt ?? now
      if items.contains(where: \.tellsLevels) { (isDepthSettled, longest) = (true, []) }
      return begin()
    case .heartbeat, .connected, .refused, .unknown: return []
    }
  }

  /// The passing of time.
  mutating func passed(to now: Duration) -> [Action] {
    if now - heardAt >= limits.silence {
      return [.leave("nothing came for \(limits.silence.components.seconds) s")]
    }
    var actions: [Action] = []
    if !isSubscribed, now - openedAt >= limits.answer {
      actions.append(.remark("the subscription was not answered"))
      actions += begin()
    }
    if modes.contains(.depth), !isDepthSettled, let quotedAt, now - quotedAt >= limits.depth {
      isDepthSettled = true
      let shown = String(decoding: longest.prefix(2_000), as: UTF8.self)
      longest = []
      actions.append(
        .remark(
          "no depth that we can read came for \(limits.depth.components.seconds) s, though asked "
            + "for; the longest message was: \(shown)"))
    }
    if now - pingedAt >= limits.ping {
      pingedAt = now
      actions.append(.ping)
    }
    return actions
  }

  /// Follows other instruments from now on; those in both are not touched.
  mutating func follow(_ keys: Set<InstrumentKey>) -> [Action] {
    wanted = keys
    return isSubscribed ? catchUp() : []
  }

  private mutating func begin() -> [Action] {
    guard !isSubscribed else { return [] }
    isSubscribed = true
    let acknowledgements = customerID.map {
      [Action.send(FeedRequest(action: "ack", keys: [""], values: [$0]).text)]
    }
    return (acknowledgements ?? []) + catchUp()
  }

  private mutating func catchUp() -> [Action] {
    let gone = asked.subtracting(wanted)
    let new = wanted.subtracting(asked)
    asked = wanted
    return requests("unsubscribe", gone) + requests("feed", new)
  }

  private func requests(_ action: String, _ keys: Set<InstrumentKey>) -> [Action] {
    let sorted = keys.sorted()
    let values = stride(from: 0, to: sorted.count, by: limits.chunk).map { start in
      // One text with commas is what every server of this protocol is known to take.
      sorted[start..<min(start + limits.chunk, sorted.count)]
        .map { "\($0.exchange)\($0.scripCode)" }.joined(separator: ",")
    }
    return modes.flatMap { mode in
      values.map {
        .send(FeedRequest(action: action, keys: [mode.rawValue], values: [$0]).text)
      }
    }
  }
}

extension FeedItem {
  var tellsLevels: Bool {
    guard case .quote(let tick) = self else { return false }
    return tick.depth?.bids?.levelsToldAt != nil || tick.depth?.asks?.levelsToldAt != nil
  }
}

/// What we say, in the broker's own order of keys.
struct FeedRequest {
  let action: String
  let keys: [String]
  let values: [String]

  var text: String {
    JSON.object([
      .init(key: "action", value: .text(action)),
      .init(key: "key", value: .list(keys.map(JSON.text))),
      .init(key: "value", value: .list(values.map(JSON.text))),
    ]).spelled
  }
}
