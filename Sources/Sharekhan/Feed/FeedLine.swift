import Desk
import HTTPClient
import NIOCore
import NIOWebSocket
import Threads
import TradingTime

/// One connection of the plan: opened, driven by a `FeedSession`, and opened again until it is not
/// wanted any more.
final class FeedLine: Sendable {
  let line: FeedPlan.Line
  private let settings: FeedSettings
  private let address: FeedAddress
  private let rights: @Sendable (Account) throws -> FeedRights
  private let now: @Sendable () -> Instant
  private let deliver: @Sendable (FeedDelivery) -> Void
  private let board: FeedBoard
  private let wanted: Locked<Set<InstrumentKey>>
  private let isOver = Locked(false)
  private let isToRenew = Locked(false)

  init(
    _ line: FeedPlan.Line, keys: Set<InstrumentKey>, settings: FeedSettings, address: FeedAddress,
    rights: @escaping @Sendable (Account) throws -> FeedRights,
    now: @escaping @Sendable () -> Instant, board: FeedBoard,
    deliver: @escaping @Sendable (FeedDelivery) -> Void
  ) {
    self.line = line
    self.settings = settings
    self.address = address
    self.rights = rights
    self.now = now
    self.board = board
    self.deliver = deliver
    wanted = Locked(keys)
  }

  func follow(_ keys: Set<InstrumentKey>) { wanted.withLock { $0 = keys } }
  func leave() { isOver.withLock { $0 = true } }
  func renew() { isToRenew.withLock { $0 = true } }

  private var isWanted: Bool { !isOver.withLock { $0 } && !Task.isCancelled }

  func run() async {
    var backoff = settings.backoff
    while isWanted {
      let began = SystemClock.sinceBoot()
      do {
        board.change(line) { $0.state = .connecting }
        try await connectOnce()
      } catch {
        guard isWanted else { break }
        board.lost(line, error, at: now())
        backoff.ended(after: SystemClock.sinceBoot() - began)
        var pause = backoff.next(chance: Double.random(in: 0..<1))
        // The same token will be refused again; a person may be about to sign in.
        if case .refused(401) = error { pause = max(pause, settings.refusedPause) }
        if case .refused(403) = error { pause = max(pause, settings.refusedPause) }
        await rest(for: pause)
      }
    }
    board.remove(line)
  }

  private func rest(for pause: Duration) async {
    let end = Deadline.after(pause)
    while isWanted, !end.hasPassed {
      try? await SystemClock.sleep(for: min(settings.pace, end.remaining ?? settings.pace))
    }
  }

  private func connectOnce() async throws(FeedFailure) {
    let rights: FeedRights
    do {
      rights = try self.rights(line.account)
    } catch {
      throw .withheld("\(error)")
    }
    let target = address.target(token: rights.token, apiKey: rights.apiKey)
    let channel = try await FeedSocket.open(address, target: target, settings: settings)
    do {
      try await channel.executeThenClose { inbound, outbound in
        try await converse(
          FeedConversation(
            session: FeedSession(
              wanted: wanted.withLock { $0 },
              customerID: line.number == 1 ? line.account.customerID : nil,
              modes: settings.modes, limits: settings.limits),
            account: line.account, secrets: [rights.token, rights.apiKey]),
          inbound, outbound)
      }
    } catch {
      throw FeedSocket.failure(error, limit: settings.largestMessage)
    }
  }

  private func converse(
    _ conversation: FeedConversation, _ inbound: NIOAsyncChannelInboundStream<WebSocketFrame>,
    _ outbound: NIOAsyncChannelOutboundWriter<WebSocketFrame>
  ) async throws {
    board.opened(line, at: now())
    isToRenew.withLock { $0 = false }
    let (frames, queue) = AsyncStream.makeStream(
      of: WebSocketFrame.self, bufferingPolicy: .bufferingOldest(4096))
    let words = FeedWords(queue: queue, board: board, now: now, secrets: conversation.secrets)
    try words.say(conversation.opened(at: SystemClock.sinceBoot()))
    try await withThrowingTaskGroup(of: Void.self) { group in
      // Apart from the clock: a server that takes nothing must not keep us from seeing that it is
      // silent.
      group.addTask { for await frame in frames { try await outbound.write(frame) } }
      group.addTask { try await self.listen(conversation, inbound, words) }
      group.addTask { try await self.watch(conversation, words) }
      defer { group.cancelAll() }
      try await group.next()
    }
  }

  private func listen(
    _ conversation: FeedConversation, _ inbound: NIOAsyncChannelInboundStream<WebSocketFrame>,
    _ words: FeedWords
  ) async throws {
    for try await frame in inbound {
      switch frame.opcode {
      case .text:
        let bytes = [UInt8](frame.unmaskedData.readableBytesView)
        let message = FeedMessage.read(bytes, account: line.account, receivedAt: now())
        take(message, words)
        if case .items(let items) = message, items.contains(where: \.tellsLevels),
          board.isFirstDepth
        {
          words.remark("the first depth: \(String(decoding: bytes.prefix(2_000), as: UTF8.self))")
        }
        try words.say(
          conversation.heard(message, spelled: bytes, at: SystemClock.sinceBoot()))
      case .ping: words.answer(frame, by: .pong)
      case .pong: break
      case .connectionClose:
        words.answer(frame, by: .connectionClose)
        throw FeedFailure.closed(code: frame.closeCode)
      default:
        board.count { $0.unknown += 1 }
        words.remark("a frame that is no text")
      }
    }
    throw FeedFailure.closed(code: nil)
  }

  private func take(_ message: FeedMessage, _ words: FeedWords) {
    board.heard(line, at: now())
    switch message {
    case .heartbeat: board.count { $0.heartbeats += 1 }
    case .connected, .subscribed: break
    case .refused(let status, let text):
      board.count { $0.refusals += 1 }
      words.remark("the broker answered \(status): \(text)")
    case .unknown(let text):
      board.count { $0.unknown += 1 }
      words.remark(text)
    case .items(let items): take(items, words)
    }
  }

  private func take(_ items: [FeedItem], _ words: FeedWords) {
    var ticks: [Tick] = []
    var acknowledgements: [OrderAcknowledgement] = []
    for item in items {
      switch item {
      case .quote(let tick): ticks.append(tick)
      case .acknowledgement(let acknowledgement): acknowledgements.append(acknowledgement)
      case .unknown(let text):
        board.count { $0.unknown += 1 }
        words.remark(text)
      }
    }
    let (quotes, orders) = (ticks.count, acknowledgements.count)
    board.count { counts in
      counts.ticks += quotes
      counts.acknowledgements += orders
    }
    if !acknowledgements.isEmpty { deliver(.acknowledgements(acknowledgements)) }
    if !ticks.isEmpty {
      board.priced(line, at: now())
      deliver(.ticks(ticks))
    }
  }

  private func watch(_ conversation: FeedConversation, _ words: FeedWords) async throws {
    while true {
      try await SystemClock.sleep(for: settings.pace)
      guard isWanted else {
        words.close()
        // The broker's answer ends the listening, and with it this.
        try await SystemClock.sleep(for: .seconds(1))
        return
      }
      if isToRenew.withLock({ $0 }) {
        throw FeedFailure.silent("it was open, but brought no prices")
      }
      try words.say(
        conversation.follow(wanted.withLock { $0 })
          + conversation.passed(to: SystemClock.sinceBoot()))
    }
  }
}
