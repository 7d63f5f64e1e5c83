import Support
import Testing
import Threads

@Suite(.timeLimit(.minutes(10)))
struct `The clock` {
  @Test func `never runs backwards`() {
    var last = SystemClock.sinceBoot()
    for _ in 0..<10_000 {
      let now = SystemClock.sinceBoot()
      #expect(now >= last)
      last = now
    }
  }

  @Test func `lets nobody wake early`() async throws {
    for microseconds in [1, 100, 999, 2500] {
      let deadline = Deadline.after(.microseconds(microseconds))
      try await SystemClock.sleep(until: deadline)
      #expect(deadline.hasPassed)
    }
  }

  @Test func `wakes whose task is cancelled, before or during the sleep`() async {
    for deadline in [Deadline.never, .after(.seconds(100_000))] {
      let sleeper = Task { try await SystemClock.sleep(until: deadline) }
      sleeper.cancel()
      await #expect(throws: CancellationError.self) { try await sleeper.value }
    }
  }

  @Test func `puts deadlines in order, never last`() {
    let soon = Deadline(sinceBoot: .seconds(1))
    let later = Deadline(sinceBoot: .seconds(2))
    #expect([.never, later, soon].sorted() == [soon, later, .never])
    #expect(min(.never, later) == later)
    #expect(Deadline.never.remaining == nil)
    #expect(!Deadline.never.hasPassed)
    #expect(soon.hasPassed)
    #expect(soon.remaining == .zero)
  }
}
