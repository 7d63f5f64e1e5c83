import CLinux
import Glibc

/// A thread that is the executor of any number of actors and waits for their descriptors.
///
/// Only this thread ever waits, never the cooperative pool, and it waits for all of them at once: a
/// busy one is awake when the next job comes, and nobody has to wake it. Its actors' jobs run one
/// after the other, so they must not block.
///
/// No wake-up is lost: who asks to wait does so on this thread, and whatever comes meanwhile is in
/// the inbox when the thread looks there next.
///
/// `@unchecked Sendable` is sound: `waits` and `watches` are touched on this thread alone
/// (checked), everything else is immutable or behind `Locked`.
package final class PollThread: SerialExecutor, @unchecked Sendable {
  package enum Readiness: Sendable { case ready, deadlinePassed, interrupted }

  private struct Inbox {
    var jobs: [UnownedJob] = []
    var isInterrupted = false
    var isAsleep = false

    var isEmpty: Bool { jobs.isEmpty && !isInterrupted }
  }

  private struct Wait {
    let descriptor: Int32
    let events: Int16
    let deadline: Deadline
    let continuation: CheckedContinuation<Readiness, Never>
  }

  private let inbox = Locked(Inbox())
  private let wakeUp = clinux_event_descriptor()
  private let thread = Locked<pthread_t?>(nil)
  private var waits: [Wait] = []
  private var watches: [Int32: @Sendable () -> Void] = [:]

  /// Runs for as long as the program does, which cannot do without it.
  package init(name: String) {
    let isStarted = wakeUp >= 0 && PlainThread.start(name: name) { [self] in run() }
    precondition(isStarted, "no thread or descriptor for \(name): errno \(errno)")
  }

  package func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    tell { $0.jobs.append(job) }
  }

  /// Ends every `wait` with `.interrupted`, also one that the running job has yet to begin. Whoever
  /// waits looks whether it was meant, at what the interrupter has set before, and waits again.
  package func interrupt() {
    tell { $0.isInterrupted = true }
  }

  private func tell(_ change: (inout Inbox) -> Void) {
    let isAsleep = inbox.withLock { inbox in
      change(&inbox)
      defer { inbox.isAsleep = false }
      return inbox.isAsleep
    }
    if isAsleep { _ = clinux_event_signal(wakeUp) }
  }

  package func isIsolatingCurrentContext() -> Bool? { isCurrent }

  package func checkIsolated() {
    precondition(isCurrent, "called off the thread this actor is pinned to")
  }

  private var isCurrent: Bool {
    thread.withLock { thread in thread.map { pthread_equal($0, pthread_self()) != 0 } ?? false }
  }
}

// What its actors ask for.
extension PollThread {
  /// Until the descriptor is ready, the deadline has passed, or somebody called `interrupt`; without
  /// a descriptor (-1) only the latter two. One in error or hung up counts as ready: the next read
  /// will say.
  package nonisolated(nonsending) func wait(
    fd descriptor: Int32, read: Bool, write: Bool, until deadline: Deadline
  ) async -> Readiness {
    checkIsolated()
    let events = (read ? POLLIN : 0) | (write ? POLLOUT : 0)
    return await withCheckedContinuation { continuation in
      waits.append(
        Wait(
          descriptor: descriptor, events: Int16(events), deadline: deadline,
          continuation: continuation))
    }
  }

  /// Calls `whenReadable` on this thread whenever the descriptor can be read or has hung up. The
  /// callee must take what is there, or `leave` it.
  package func watch(fd descriptor: Int32, whenReadable: @escaping @Sendable () -> Void) {
    checkIsolated()
    watches[descriptor] = whenReadable
  }

  /// Watches it no longer, and interrupts who waits for it: to be called before it is closed, or
  /// another file might be taken for it.
  package func leave(fd descriptor: Int32) {
    checkIsolated()
    watches[descriptor] = nil
    end(.interrupted) { $0.descriptor == descriptor }
  }
}

// The thread's own round: jobs first, then descriptors.
extension PollThread {
  private func run() {
    thread.withLock { $0 = pthread_self() }
    while true {
      let news = nextNews()
      if news.isInterrupted { end(.interrupted) { _ in true } }
      for job in news.jobs { job.runSynchronously(on: asUnownedSerialExecutor()) }
      // Also after jobs, or an endless row of them would keep the others waiting.
      look(forAtMost: news.isEmpty ? timeToSleep : 0)
    }
  }

  /// `isAsleep` is raised under the same lock that found nothing, so whoever comes after that look
  /// signals.
  private func nextNews() -> Inbox {
    inbox.withLock { inbox in
      let news = inbox
      inbox = Inbox(isAsleep: news.isEmpty)
      return news
    }
  }

  private var timeToSleep: Int32 {
    (waits.lazy.map(\.deadline).min() ?? .never).pollTimeout
  }

  private func look(forAtMost milliseconds: Int32) {
    let watched = watches.keys.filter { watched in
      !waits.contains { $0.descriptor == watched }
    }
    var set = [pollfd(fd: wakeUp, events: Int16(POLLIN), revents: 0)]
    for wait in waits { set.append(pollfd(fd: wait.descriptor, events: wait.events, revents: 0)) }
    for watch in watched { set.append(pollfd(fd: watch, events: Int16(POLLIN), revents: 0)) }
    let found = poll(&set, nfds_t(set.count), milliseconds)
    if milliseconds != 0 { inbox.withLock { $0.isAsleep = false } }
    if found > 0 {
      if set[0].revents != 0 { clinux_event_clear(wakeUp) }
      let isReady = { descriptor in set.contains { $0.fd == descriptor && $0.revents != 0 } }
      end(.ready) { isReady($0.descriptor) }
      for descriptor in watched where isReady(descriptor) { watches[descriptor]?() }
    }
    let now = Deadline.after(.zero)
    end(.deadlinePassed) { $0.deadline <= now }
  }

  private func end(_ readiness: Readiness, where isMeant: (Wait) -> Bool) {
    var ended: [Wait] = []
    waits.removeAll { wait in
      guard isMeant(wait) else { return false }
      ended.append(wait)
      return true
    }
    for wait in ended { wait.continuation.resume(returning: readiness) }
  }
}
