import CLinux
import Glibc

/// A thread that is the executor of any number of actors, and of the tasks that prefer it, and waits for
/// their descriptors.
///
/// Only this thread ever waits, never the cooperative pool, and it waits for all of them at once: a
/// busy one is awake when the next job comes, and nobody has to wake it. Its jobs run one after the
/// other, so they must neither block nor compute for long. No signal is handled on it.
///
/// No wake-up is lost: who asks to wait does so on this thread, and whatever comes meanwhile is in
/// the inbox when the thread looks there next.
///
/// `@unchecked Sendable` is sound: `waits` and `watches` are touched on this thread alone (checked),
/// everything else is immutable or behind `Locked`.
package final class PollThread: SerialExecutor, TaskExecutor, @unchecked Sendable {
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

  private struct Watch {
    let events: Int16
    let whenReady: @Sendable (_ toRead: Bool, _ toWrite: Bool) -> Void
  }

  /// By it an alarm is called off.
  package struct Alarm: Sendable {
    fileprivate let number: UInt64
  }

  private struct Alarms {
    var rings: [UInt64: (deadline: Deadline, ring: @Sendable () -> Void)] = [:]
    var lastNumber: UInt64 = 0
    /// None is due before it. Most are called off, and then none may be due at it either: looking in
    /// vain once costs less than finding the earliest each time.
    var earliest = Deadline.never
  }

  /// The process's own, for what it must hear whatever the units do: leases, limits, pages.
  package static let shared = PollThread(name: "poll")

  /// The units' own. A unit that mostly waits for the sockets of this thread may run on it as well,
  /// so that no answer has to wake a second thread.
  package static let units = PollThread(name: "units")

  private let inbox = Locked(Inbox())
  private let wakeUp = clinux_event_descriptor()
  private let thread = Locked<pthread_t?>(nil)
  private var waits: [Wait] = []
  private var watches: [Int32: Watch] = [:]
  private let alarms = Locked(Alarms())

  /// Runs for as long as the program does, which cannot do without it.
  package init(name: String) {
    let isStarted =
      wakeUp >= 0 && PlainThread.start(name: name, stackSize: 1 << 20) { [self] in run() }
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
    let events = pollEvents(read: read, write: write)
    return await withCheckedContinuation { continuation in
      waits.append(
        Wait(
          descriptor: descriptor, events: events, deadline: deadline, continuation: continuation))
    }
  }

  /// Calls `whenReady` on this thread whenever the descriptor is ready for what is asked, and while
  /// nobody waits for it. One in error or hung up counts as ready for all of that. The callee must
  /// take what is there, or `leave` it.
  package func watch(
    fd descriptor: Int32, read: Bool = true, write: Bool = false,
    whenReady: @escaping @Sendable (_ toRead: Bool, _ toWrite: Bool) -> Void
  ) {
    checkIsolated()
    watches[descriptor] = Watch(
      events: pollEvents(read: read, write: write), whenReady: whenReady)
  }

  /// Watches it no longer, and interrupts who waits for it: to be called before it is closed, or
  /// another file might be taken for it.
  package func leave(fd descriptor: Int32) {
    checkIsolated()
    watches[descriptor] = nil
    end(.interrupted) { $0.descriptor == descriptor }
  }
}

// Alarms, which anybody may set.
extension PollThread {
  /// Calls `ring` on this thread once, when the deadline has passed, unless it is called off before.
  @discardableResult
  package func setAlarm(at deadline: Deadline, ring: @escaping @Sendable () -> Void) -> Alarm {
    let (alarm, isFirst) = alarms.withLock { alarms in
      alarms.lastNumber += 1
      alarms.rings[alarms.lastNumber] = (deadline, ring)
      defer { alarms.earliest = min(alarms.earliest, deadline) }
      return (Alarm(number: alarms.lastNumber), deadline < alarms.earliest)
    }
    // It sleeps until the one that was first before.
    if isFirst { tell { _ in } }
    return alarm
  }

  /// It does not ring any more; only off this thread it may be ringing at this moment.
  package func callOff(_ alarm: Alarm) {
    alarms.withLock { $0.rings[alarm.number] = nil }
  }

  private func ringAlarms() {
    let now = Deadline.after(.zero)
    let due = alarms.withLock { alarms -> [UInt64] in
      guard alarms.earliest <= now else { return [] }
      let due = alarms.rings.filter { $0.value.deadline <= now }
      alarms.earliest =
        alarms.rings.values.lazy.map(\.deadline).filter { $0 > now }.min() ?? .never
      return due.sorted { ($0.value.deadline, $0.key) < ($1.value.deadline, $1.key) }.map(\.key)
    }
    // One by one, because one may call off another.
    for number in due {
      alarms.withLock { $0.rings.removeValue(forKey: number) }?.ring()
    }
  }
}

// The thread's own round: jobs first, then descriptors.
extension PollThread {
  private func run() {
    blockSignals()
    thread.withLock { $0 = pthread_self() }
    var rounds = 0
    while true {
      let news = nextNews()
      if news.isInterrupted { end(.interrupted) { _ in true } }
      for job in news.jobs { run(job) }
      // Jobs mostly bring about jobs, but an endless row of them must not keep the others waiting.
      rounds += 1
      guard news.isEmpty || rounds == 16 else { continue }
      rounds = 0
      look(forAtMost: news.isEmpty ? nanosecondsToSleep : 0)
    }
  }

  /// As an actor's and as a task's that prefers this thread, so that the latter enters an actor of
  /// this thread without getting in line for it.
  private func run(_ job: UnownedJob) {
    job.runSynchronously(
      isolatedTo: asUnownedSerialExecutor(), taskExecutor: asUnownedTaskExecutor())
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

  private var nanosecondsToSleep: Int64 {
    let waited = waits.lazy.map(\.deadline).min() ?? .never
    return min(waited, alarms.withLock { $0.earliest }).nanosecondsLeft
  }

  private func look(forAtMost nanoseconds: Int64) {
    var waited = [pollfd(fd: wakeUp, events: Int16(POLLIN), revents: 0)]
    for wait in waits {
      waited.append(pollfd(fd: wait.descriptor, events: wait.events, revents: 0))
    }
    var set = waited
    for (descriptor, watch) in watches where !waited.contains(where: { $0.fd == descriptor }) {
      set.append(pollfd(fd: descriptor, events: watch.events, revents: 0))
    }
    let found = clinux_poll(&set, UInt(set.count), nanoseconds)
    if nanoseconds != 0 { inbox.withLock { $0.isAsleep = false } }
    if found > 0 {
      if set[0].revents != 0 { clinux_event_clear(wakeUp) }
      let ready = set[1..<waited.count].filter { $0.revents != 0 }
      end(.ready) { wait in ready.contains { $0.fd == wait.descriptor } }
      for one in set[waited.count...] where one.revents != 0 { tell(of: one) }
    }
    let now = Deadline.after(.zero)
    end(.deadlinePassed) { $0.deadline <= now }
    ringAlarms()
  }

  private func tell(of descriptor: pollfd) {
    guard let watch = watches[descriptor.fd] else { return }
    // Closed and not left: it would be ready for ever, and this thread never asleep again.
    if descriptor.revents & Int16(POLLNVAL) != 0 { watches[descriptor.fd] = nil }
    let trouble = Int16(POLLERR | POLLHUP | POLLNVAL)
    let ready = descriptor.revents & trouble != 0 ? watch.events : descriptor.revents
    watch.whenReady(ready & Int16(POLLIN) != 0, ready & Int16(POLLOUT) != 0)
  }

  private func end(_ readiness: Readiness, where isMeant: (Wait) -> Bool) {
    guard waits.contains(where: isMeant) else { return }
    let ended = waits.filter(isMeant)
    waits.removeAll(where: isMeant)
    for wait in ended { wait.continuation.resume(returning: readiness) }
  }
}

private func pollEvents(read: Bool, write: Bool) -> Int16 {
  Int16((read ? POLLIN : 0) | (write ? POLLOUT : 0))
}

/// No signal meant for the program's main thread lands here, and SIGPIPE cannot end the program:
/// OpenSSL writes to sockets without MSG_NOSIGNAL.
private func blockSignals() {
  var all = sigset_t()
  sigfillset(&all)
  pthread_sigmask(SIG_BLOCK, &all, nil)
}
