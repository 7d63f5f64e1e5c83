import Testing
import Threads

@Suite(.timeLimit(.minutes(10)))
struct `A lock` {
  @Test func `lets one thread at a time touch its value`() async {
    let counter = Locked(0)
    await withTaskGroup { group in
      for _ in 0..<8 {
        group.addTask { for _ in 0..<10_000 { counter.withLock { $0 += 1 } } }
      }
    }
    #expect(counter.withLock { $0 } == 80_000)
  }
}
