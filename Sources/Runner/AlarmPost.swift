import Jobs
import JobStore
import Threads
import TradingTime

/// Sends alarms by one way, each until it gets through, with growing pauses; and knows how that is
/// going.
final class AlarmPost: Sendable {
  private let way: AlarmWay
  private let settings: AlarmSettings
  private let board: LoopBoard
  private let wake = Wake()

  private struct Outgoing: Sendable {
    /// Its row; nil for what is said without a database.
    var id: Int64?
    var message: AlarmMessage
    var attempts: Int
    var takenAt: Duration
    var dueAt: Duration

    /// The same for each attempt, so that what arrives twice is known for one.
    var name: String {
      if let id { return "alarm.\(id).\(message.at.microseconds)" }
      let letters = message.cause.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "-" }
      return "alarm.\(String(letters)).\(message.what.rawValue).\(message.at.microseconds)"
    }
  }

  private struct State {
    var channel: AlarmReport.Channel
    var outgoing: [Outgoing] = []
    /// What became of a row that the database was away to be told.
    var owed: [Int64: (error: String?, pause: Duration?)] = [:]
    var store: JobStore?
    var isToFetch = false
  }

  private let kept: Locked<State>

  init(_ way: AlarmWay, settings: AlarmSettings, board: LoopBoard) {
    self.way = way
    self.settings = settings
    self.board = board
    kept = Locked(State(channel: .init(name: way.channel)))
  }

  var state: AlarmReport.Channel {
    kept.withLock { state in
      var channel = state.channel
      channel.waiting = state.outgoing.count
      return channel
    }
  }

  /// Says something that no row stands for.
  func add(_ message: AlarmMessage) {
    let now = SystemClock.sinceBoot()
    kept.withLock {
      $0.outgoing.append(.init(message: message, attempts: 0, takenAt: now, dueAt: now))
    }
    wake.ring()
  }

  /// Something is there to be claimed.
  func fetch(from store: JobStore) {
    kept.withLock { state in
      state.store = store
      state.isToFetch = true
    }
    wake.ring()
  }

  func run() async {
    let name = "post-\(way.channel.rawValue)"
    while !Task.isCancelled {
      board.moved(name, limit: .seconds(120))
      await payRecords()
      await claim()
      for outgoing in due {
        board.moved(name, limit: .seconds(120))
        await send(outgoing)
      }
      await wake.wait(for: nap)
    }
    board.left(name)
  }

  private var due: [Outgoing] {
    let now = SystemClock.sinceBoot()
    return kept.withLock { state in state.outgoing.filter { $0.dueAt <= now } }
  }

  private var nap: Duration {
    let now = SystemClock.sinceBoot()
    let next = kept.withLock { state in state.outgoing.map(\.dueAt).min() }
    return min(max((next ?? now + .seconds(30)) - now, .milliseconds(10)), .seconds(30))
  }

  /// What the rows cannot be told now stays owed; what cannot be claimed now will be asked again.
  private func payRecords() async {
    for (id, end) in kept.withLock({ $0.owed }) {
      guard let store = kept.withLock({ $0.store }) else { return }
      do {
        if let error = end.error {
          try await store.messageFailed(id, error: error, pause: end.pause)
        } else {
          try await store.messageSent(id)
        }
        kept.withLock { _ = $0.owed.removeValue(forKey: id) }
      } catch { return }
    }
  }

  private func claim() async {
    let store = kept.withLock { state in
      defer { state.isToFetch = false }
      return state.isToFetch ? state.store : nil
    }
    guard let claimed = try? await store?.claimMessages(way.channel) else { return }
    let now = SystemClock.sinceBoot()
    let new = claimed.map {
      Outgoing(
        id: $0.id, message: $0.message, attempts: $0.attempts, takenAt: now, dueAt: now)
    }
    kept.withLock { state in
      // A row whose end could not be told in time comes back: its end is known here.
      state.outgoing += new.filter { new in
        state.owed[new.id ?? 0] == nil && !state.outgoing.contains { $0.id == new.id }
      }
    }
  }

  private func send(_ outgoing: Outgoing) async {
    do {
      try await way.send(outgoing.message, outgoing.name)
      settle(outgoing, error: nil)
    } catch {
      if Task.isCancelled { return }
      settle(outgoing, error: "\(error)")
    }
    await payRecords()
  }

  private func settle(_ outgoing: Outgoing, error: String?) {
    let now = SystemClock.sinceBoot()
    let wall = Instant(microseconds: SystemClock.microsecondsSinceEpoch())
    let isOver = error == nil || now - outgoing.takenAt >= settings.giveUpAfter
    let pause = isOver ? nil : settings.pause(afterFailures: outgoing.attempts + 1)
    kept.withLock { state in
      state.outgoing = state.outgoing.compactMap { other in
        guard other.name == outgoing.name else { return other }
        guard let pause else { return nil }
        var later = other
        later.attempts += 1
        later.dueAt = now + pause
        return later
      }
      if let id = outgoing.id { state.owed[id] = (error, pause) }
      state.channel.error = error
      if error == nil {
        state.channel.failingSince = nil
        state.channel.sentAt = wall
      } else if state.channel.failingSince == nil {
        state.channel.failingSince = wall
      }
    }
  }
}
