import JobStore
import Postgres
import Threads

/// Listens for hints. They only shorten waits; with none of them everything still happens.
struct HintLoop: Sendable {
  let runner: Runner

  func run() async {
    // Behind a pooler in transaction mode there is nobody to listen to.
    guard runner.control.pool.settings.prepared != .unnamed else { return }
    while !Task.isCancelled {
      runner.board.moved("hints", limit: .seconds(60))
      do {
        try await listen()
      } catch {
        try? await SystemClock.sleep(for: .seconds(2))
      }
    }
    runner.board.left("hints")
  }

  private func listen() async throws {
    let connection = try await Connection.open(runner.control.pool.settings)
    let beat = Task {
      while !Task.isCancelled {
        runner.board.moved("hints", limit: .seconds(60))
        try await SystemClock.sleep(for: .seconds(5))
      }
    }
    defer { beat.cancel() }
    do {
      for await hint in try await connection.listen(to: JobStore.channel) { act(on: hint.payload) }
    } catch {
      await connection.close()
      throw error
    }
    await connection.close()
    if !Task.isCancelled { try await SystemClock.sleep(for: .seconds(1)) }
  }

  private func act(on hint: String) {
    switch hint {
    case "load":
      runner.definitionsChanged = true
      runner.decideWake.ring()
      runner.claimWake.ring()
    case "cancel": runner.renewWake.ring()
    default: runner.claimWake.ring()
    }
  }
}
