import Demo
import Glibc
import Threads
import TradingTime

/// One line that moves with the day, on a terminal only.
final class DemoProgress: Sendable {
  private let opening: Instant
  private let span: Duration
  private let date: CivilDate
  private let shownAt = Locked(Duration.zero)

  init(_ day: DemoDay, _ session: Session, _ finale: DemoDay.Finale?) {
    date = session.date
    opening = day.opening(of: session)
    span = (finale?.dueAt ?? session.close) - opening
  }

  func show(_ now: Instant) {
    guard Console.isTerminal else { return }
    let time = SystemClock.sinceBoot()
    let isDue = shownAt.withLock { shown in
      guard time - shown >= .milliseconds(200) else { return false }
      shown = time
      return true
    }
    guard isDue else { return }
    let done = min(max((now - opening) / span, 0), 1)
    let bars = Int(done * 30)
    let bar = String(repeating: "█", count: bars) + String(repeating: "░", count: 30 - bars)
    let clock = ZoneRules.india.local(Instant(secondsSinceEpoch: now.secondsSinceEpoch)).time
    put("\r\u{1B}[K\(date) \(clock)  \(bar)  \(Int(done * 100)) %")
  }

  func clear() {
    if Console.isTerminal { put("\r\u{1B}[K") }
  }

  private func put(_ text: String) {
    let bytes = Array(text.utf8)
    _ = bytes.withUnsafeBytes { write(1, $0.baseAddress, $0.count) }
  }
}
