import CPostgres
import Synchronization
import Threads

/// One question to the server, from the asking task's point of view: until when it may take, and
/// whether the task still wants an answer.
final class Exchange: Sendable {
  let deadline: Deadline

  /// COMMIT and ROLLBACK are not interrupted by the task's cancellation: half asked is worse than
  /// either.
  let isInterruptible: Bool
  private let cancelled = Atomic(false)

  init(deadline: Deadline, isInterruptible: Bool) {
    self.deadline = deadline
    self.isInterruptible = isInterruptible
  }

  var isCancelled: Bool { isInterruptible && cancelled.load(ordering: .acquiring) }

  func cancel() {
    cancelled.store(true, ordering: .releasing)
  }
}

/// A request to the server to stop what a connection is doing.
///
/// libpq sends it over a connection of its own and blocks meanwhile, for as long as the network
/// likes; on a thread of its own it holds up nobody.
final class CancelRequest: Sendable {
  private let finished = Atomic(false)

  /// Once true, the server has passed the request on, so it can no longer hit a later statement.
  var isFinished: Bool { finished.load(ordering: .acquiring) }

  init(for connection: OpaquePointer, waking thread: PollThread) {
    let ticket = Ticket(PQgetCancel(connection))
    let started = PlainThread.start(name: "pg-cancel") { [self] in
      ticket.send()
      finished.store(true, ordering: .releasing)
      thread.interrupt()
    }
    if !started { finished.store(true, ordering: .releasing) }
  }

  /// `@unchecked Sendable` is sound: a `PGcancel` is a copy of the address and key, handed to one
  /// thread, and libpq allows that.
  private final class Ticket: @unchecked Sendable {
    private let cancel: OpaquePointer?

    init(_ cancel: OpaquePointer?) {
      self.cancel = cancel
    }

    deinit { PQfreeCancel(cancel) }

    func send() {
      var message = [CChar](repeating: 0, count: 256)
      _ = PQcancel(cancel, &message, Int32(message.count))
    }
  }
}

/// An exchange that is being stopped: why, and how long the server has left to say that it did.
struct Stopping {
  static let grace = Duration.milliseconds(300)

  let error: PostgresError
  let graceEnd = Deadline.after(Stopping.grace)
  /// None through a pooler: then an answer that comes by itself still counts, and who waits longer
  /// hangs up.
  let request: CancelRequest?

  /// The server says "canceling statement", which is true but not why.
  func reason(of error: any Error) -> any Error {
    (error as? PostgresError)?.sqlState == "57014" ? self.error : error
  }
}
