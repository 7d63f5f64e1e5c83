import TradingTime

/// One open socket: who it is, what it asked for, what it was told.
struct StreamSession: Sendable {
  enum Module: String, Sendable, CaseIterable { case feed, ack }

  struct Watch: Sendable, Hashable {
    let mode: QuoteRow.Mode
    let name: String
  }

  /// As documented.
  static let mostInstruments = 1000

  let grant: AccessTokens.Grant
  let account: Int
  let outbox: Outbox
  var modules: Set<Module> = []
  private(set) var watches: [Watch] = []
  private var known: Set<Watch> = []
  /// What the names mean; those that mean nothing are missing.
  private(set) var instruments: [String: Instrument] = [:]
  /// The last price and second told of each.
  var told: [Watch: (second: Int, last: Paise)] = [:]
  /// How many steps of each of the day's orders were told; nil until acknowledgements are asked for.
  var acknowledged: [Int64: Int]?
  var heartbeatAt: Instant
  /// Nothing is said before, by a fault rule.
  var silentUntil: Instant?

  init(_ grant: AccessTokens.Grant, account: Int, _ outbox: Outbox, now: Instant) {
    self.grant = grant
    self.account = account
    self.outbox = outbox
    heartbeatAt = now
  }

  /// The new ones among them, or nil if they would be too many.
  mutating func watch(
    _ names: [String], _ modes: [QuoteRow.Mode], _ days: SessionDays
  ) -> [Watch]? {
    let all = Set(known.map(\.name)).union(names)
    guard all.count <= StreamSession.mostInstruments, names.allSatisfy({ $0.utf8.count <= 20 })
    else { return nil }
    for name in names { instruments[name] = Instrument(name, days) }
    let asked = modes.flatMap { mode in names.map { Watch(mode: mode, name: $0) } }
    watches += asked.filter { known.insert($0).inserted }
    return asked
  }

  /// Keys name modules or modes; no names at all mean every one.
  mutating func unsubscribe(_ keys: [String], _ names: [String]) {
    if keys.contains("ack") { acknowledged = nil }
    let modes =
      keys.contains("feed") ? QuoteRow.Mode.allCases : keys.compactMap(QuoteRow.Mode.init)
    let gone = Set(names)
    watches.removeAll { modes.contains($0.mode) && (gone.isEmpty || gone.contains($0.name)) }
    known = Set(watches)
    let names = Set(watches.map(\.name))
    instruments = instruments.filter { names.contains($0.key) }
    told = told.filter { known.contains($0.key) }
  }
}
