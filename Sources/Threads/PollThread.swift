import CLinux
import Glibc

/// A thread that is an actor's executor and can wait on a descriptor.
///
/// An actor pinned to it may block in `wait`: only this thread is held up, never the cooperative
/// pool. Because an actor's method that does not `await` runs through, an operation made of many
/// waits needs no state machine and loses no wake-up: whatever arrives meanwhile is either in the
/// job list or in the event descriptor's counter when the thread looks next.
///
/// `@unchecked Sendable` is sound: `watch` is touched on this thread alone (checked), everything
/// else is immutable or behind `Locked`.
package final class PollThread: SerialExecutor, @unchecked Sendable {
  package enum Readiness: Sendable { case ready, deadlinePassed, interrupted }

  private struct Inbox {
    var jobs: [UnownedJob] = []
    var isAsleep = false
    var isStopped = false
  }

  private struct Watch {
    let descriptor: Int32
    let whenReadable: @Sendable () -> Void
  }

  private let inbox = Locked(Inbox())
  private let wakeUp: Int32
  private let thread = Locked<pthread_t?>(nil)
  private var watch: Watch?

  /// For threads the program cannot do without.
  package convenience init(name: String) {
    self.init(wakeUp: clinux_event_descriptor())
    precondition(wakeUp >= 0 && start(name), "no thread or descriptor for \(name): errno \(errno)")
  }

  /// `nil` when the system has no descriptor or no thread to give: no reason to end a program that
  /// can try again later.
  package static func ifPossible(name: String) -> PollThread? {
    let wakeUp = clinux_event_descriptor()
    guard wakeUp >= 0 else { return nil }
    let thread = PollThread(wakeUp: wakeUp)
    return thread.start(name) ? thread : nil
  }

  private init(wakeUp: Int32) {
    self.wakeUp = wakeUp
  }

  private func start(_ name: String) -> Bool {
    PlainThread.start(name: name) { [self] in run() }
  }

  deinit { Glibc.close(wakeUp) }

  package func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    let isAsleep = inbox.withLock { inbox in
      inbox.jobs.append(job)
      return inbox.isAsleep
    }
    if isAsleep { interrupt() }
  }

  /// Makes a `wait` return `.interrupted`, also one that the running job has yet to enter. An idle
  /// thread only wakes and forgets it: who waits must first look at what the interrupter has set.
  package func interrupt() {
    _ = clinux_event_signal(wakeUp)
  }

  /// Ends the thread once its jobs are done. Only the actor's `isolated deinit` may call it: a job
  /// enqueued afterwards would never run.
  package func stop() {
    inbox.withLock { $0.isStopped = true }
    interrupt()
  }

  package func isIsolatingCurrentContext() -> Bool? { isCurrent }

  package func checkIsolated() {
    precondition(isCurrent, "called off the thread this actor is pinned to")
  }

  private var isCurrent: Bool {
    thread.withLock { thread in thread.map { pthread_equal($0, pthread_self()) != 0 } ?? false }
  }
}

extension PollThread {
  /// Waits, on this thread, until the descriptor is ready, the deadline has passed, or somebody
  /// called `interrupt`. A descriptor in error or hung up counts as ready: the next read will say.
  package func wait(
    fd descriptor: Int32, read: Bool, write: Bool, until deadline: Deadline
  ) -> Readiness {
    while true {
      let events = (read ? POLLIN : 0) | (write ? POLLOUT : 0)
      var set = [
        pollfd(fd: wakeUp, events: Int16(POLLIN), revents: 0),
        pollfd(fd: descriptor, events: Int16(events), revents: 0),
      ]
      let found = poll(&set, 2, deadline.pollTimeout)
      if set[1].revents != 0 { return .ready }
      if set[0].revents != 0 {
        clinux_event_clear(wakeUp)
        return .interrupted
      }
      if found == 0 && deadline.hasPassed { return .deadlinePassed }
    }
  }

  /// While no job is waiting, calls `whenReadable` on this thread whenever the descriptor can be
  /// read or has hung up. The callee must take what is there, or `unwatch`.
  package func watch(fd descriptor: Int32, whenReadable: @escaping @Sendable () -> Void) {
    checkIsolated()
    watch = Watch(descriptor: descriptor, whenReadable: whenReadable)
  }

  package func unwatch() {
    checkIsolated()
    watch = nil
  }

  private func run() {
    thread.withLock { $0 = pthread_self() }
    while let jobs = nextJobs() {
      for job in jobs { job.runSynchronously(on: asUnownedSerialExecutor()) }
    }
  }

  /// `isAsleep` is raised under the same lock that found the list empty, so a job enqueued after
  /// that look always signals.
  private func nextJobs() -> [UnownedJob]? {
    while true {
      let (jobs, isStopped) = inbox.withLock { inbox in
        let jobs = inbox.jobs
        inbox.jobs.removeAll(keepingCapacity: false)
        inbox.isAsleep = jobs.isEmpty
        return (jobs, inbox.isStopped)
      }
      if !jobs.isEmpty { return jobs }
      if isStopped { return nil }
      sleepUntilNeeded()
    }
  }

  private func sleepUntilNeeded() {
    var set = [
      pollfd(fd: wakeUp, events: Int16(POLLIN), revents: 0),
      pollfd(fd: watch?.descriptor ?? -1, events: Int16(POLLIN), revents: 0),
    ]
    guard poll(&set, 2, -1) > 0 else { return }
    if set[0].revents != 0 { clinux_event_clear(wakeUp) }
    if set[1].revents != 0 { watch?.whenReadable() }
  }
}

extension Deadline {
  /// Rounded up, or a wait with 0.4 ms left would spin; a day at most, because `poll` counts in 32 bits.
  fileprivate var pollTimeout: Int32 {
    guard let remaining else { return -1 }
    let (seconds, attoseconds) = remaining.components
    guard seconds < 86_400 else { return 86_400_000 }
    return Int32(seconds * 1000 + (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000)
  }
}
