import TradingTime

/// The socket's side of the simulator. What is due is told at each beat; between beats only what a
/// client asks for is answered.
extension Simulator {
  /// How the broker takes a handshake.
  package enum Handshake: Sendable {
    case opened(Int, Outbox)
    case refused(WireAnswer)
  }

  static let streamPath = ["skstream", "api", "stream"]
  private static let mostStreams = 1000

  package func open(_ request: WireRequest) async -> Handshake {
    var opened: (Int, Outbox)?
    let answer = await misbehaving(request) { now in
      switch admit(request, at: now) {
      case .opened(let id, let outbox):
        opened = (id, outbox)
        return WireAnswer(status: 101)
      case .refused(let answer): return answer
      }
    }
    guard let (id, outbox) = opened else { return .refused(answer) }
    if answer.status == 101 { return .opened(id, outbox) }
    close(id)
    return .refused(answer)
  }

  /// What the handshake gets that is no upgrade, or one without a token.
  func refusal(of request: WireRequest, at now: Instant) -> WireAnswer? {
    let key = request.parameter("API_KEY")
    guard key == nil || key == settings.apiKey, let token = request.parameter("ACCESS_TOKEN"),
      accessTokens.verify(token, at: now) != nil
    else {
      return .json(401, ["status": 401, "message": "error", "errorType": "Unauthorized"])
    }
    return nil
  }

  private func admit(_ request: WireRequest, at now: Instant) -> Handshake {
    if let refusal = refusal(of: request, at: now) { return .refused(refusal) }
    guard
      let grant = request.parameter("ACCESS_TOKEN").flatMap({ accessTokens.verify($0, at: now) }),
      let account = exchange.accounts.index(of: grant.customer)
    else { return .refused(Envelope.accessDenied) }
    guard streams.count < Simulator.mostStreams else {
      return .refused(.json(503, ["status": 503, "message": "Service Unavailable"]))
    }
    streamsOpened += 1
    let outbox = Outbox()
    streams[streamsOpened] = StreamSession(grant, account: account, outbox, now: real)
    let name = exchange.market.seed.branch(.connection, streamsOpened)
    say(streamsOpened, "connect", .string("Connected \(Simulator.identity(name))"), at: now)
    return .opened(streamsOpened, outbox)
  }

  package func close(_ id: Int) {
    streams[id] = nil
  }

  package func hear(_ text: String, from id: Int) {
    guard var session = streams[id] else { return }
    let now = clock.reading(at: real)
    switch StreamMessage(text) {
    case .nothing: break
    case .unreadable: say(id, "error", "Invalid request", status: 101, at: now)
    case .subscribe(let words):
      let modules = words.compactMap(StreamSession.Module.init)
      guard !modules.isEmpty else {
        return say(id, "subscribe", "Invalid module", status: 101, at: now)
      }
      streams[id]?.modules.formUnion(modules)
      let text = modules.map { "success \($0.rawValue.uppercased())" }.joined(separator: ",")
      say(id, "subscribe", .string(text), at: now)
    case .watch(let modes, let names):
      guard session.modules.contains(.feed), !modes.isEmpty else { return }
      guard let asked = session.watch(names, modes, exchange.market.days) else {
        return say(id, "feed", "Maximum 1000 scrips are allowed", status: 101, at: now)
      }
      streams[id] = session
      tell(id, asked, at: now)
    case .acknowledge(let customers):
      guard session.modules.contains(.ack), customers.contains(session.grant.customer) else {
        return
      }
      // What happened before is in the books; only what follows is told.
      streams[id]?.acknowledged = steps(of: session.account, at: now)
    case .unsubscribe(let keys, let names):
      session.unsubscribe(keys, names)
      streams[id] = session
    }
  }

  /// Tells every connection what has become due. The server asks several times a second.
  package func beat() {
    let now = clock.reading(at: real)
    for (id, session) in streams.sorted(by: { $0.key < $1.key }) {
      guard accessTokens.isGood(session.grant, at: now) else {
        session.outbox.end(.close(code: 1008, reason: "token expired"))
        streams[id] = nil
        continue
      }
      tellSteps(to: id, at: now)
      tellTicks(to: id, at: now)
      if real - session.heartbeatAt >= settings.heartbeat {
        streams[id]?.heartbeatAt = real
        post("heartbeat", to: id)
      }
    }
  }

  func say(_ id: Int, _ message: String, _ data: JSON, status: Int = 100, at now: Instant) {
    let frame: JSON = [
      "status": .int(status), "message": .string(message),
      "timestamp": .string(MarketTime(now).envelope), "data": data,
    ]
    post(frame.text, to: id)
  }

  /// Past this point a frame is on its way, or lost to a fault.
  private func post(_ text: String, to id: Int) {
    guard let session = streams[id] else { return }
    if let until = session.silentUntil, real < until { return }
    var text = text
    if let fault = fault(session, at: .frame) {
      switch fault.kind {
      case .dropSocket:
        session.outbox.end(.sever)
        streams[id] = nil
        return
      case .silence:
        streams[id]?.silentUntil = real + fault.delay
        return
      default: text = fault.spoil(text)
      }
    }
    if !session.outbox.post(text) { streams[id] = nil }
  }

  func sayStep(_ id: Int, _ row: JSON, at now: Instant) {
    guard let session = streams[id] else { return }
    switch fault(session, at: .acknowledgement) {
    case let fault? where fault.kind == .duplicateAck:
      say(id, "ack", row, at: now)
      say(id, "ack", row, at: now)
    case let fault? where fault.kind == .ackAsFeed: say(id, "feed", row, at: now)
    case let fault? where fault.kind == .unknownState: say(id, "ack", row.inUnknownState, at: now)
    default: say(id, "ack", row, at: now)
    }
  }

  private func fault(_ session: StreamSession, at place: FaultKind.Place) -> Fault? {
    faults.strike(
      "/" + Simulator.streamPath.joined(separator: "/"), session.grant.customer, at: place)
  }

  private static func identity(_ seed: Seed) -> String {
    let digits = [seed.bits(1), seed.bits(2)].map { word in
      let hex = String(word, radix: 16)
      return String(repeating: "0", count: 16 - hex.count) + hex
    }.joined()
    var groups: [Substring] = []
    var rest = Substring(digits)
    for length in [8, 4, 4, 4, 12] {
      groups.append(rest.prefix(length))
      rest = rest.dropFirst(length)
    }
    return groups.joined(separator: "-")
  }
}
