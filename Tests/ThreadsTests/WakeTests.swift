import Testing
import Threads

@Suite(.timeLimit(.minutes(10)))
struct `A loop's alarm clock` {
  @Test func `wakes when rung, also if rung before anybody waits`() async {
    let wake = Wake()
    wake.ring()
    await wake.wait(for: .seconds(600))
    let waiter = Task { await wake.wait(for: .seconds(600)) }
    wake.ring()
    await waiter.value
  }

  @Test func `wakes when the time is up, however short it is`() async {
    let wake = Wake()
    for microseconds in 1...2000 { await wake.wait(for: .microseconds(microseconds % 50)) }
  }

  @Test func `wakes when its task is cancelled, before or after lying down`() async {
    for _ in 1...200 {
      let wake = Wake()
      let waiter = Task { await wake.wait(for: .seconds(600)) }
      waiter.cancel()
      await waiter.value
    }
  }
}
