import Glibc
import Support
import Testing
import Threads

/// An actor that may share its thread with others, as connections do.
private actor Waiter {
  nonisolated let thread: PollThread
  private var jobs = 0

  init(on thread: PollThread = PollThread(name: "waiter")) { self.thread = thread }

  nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

  func threadNumber() -> pthread_t { pthread_self() }

  func count() -> Int {
    jobs += 1
    return jobs
  }

  func wait(_ descriptor: Int32, _ deadline: Deadline) async -> PollThread.Readiness {
    await thread.wait(fd: descriptor, read: true, write: false, until: deadline)
  }

  /// Waits until it is told `signal` by others' interruptions.
  func wait(_ descriptor: Int32, until isMeant: Locked<Bool>) async -> Int {
    var times = 0
    while !isMeant.withLock({ $0 }) {
      times += 1
      _ = await wait(descriptor, .never)
    }
    return times
  }

  func watch(_ descriptor: Int32, _ readable: @escaping @Sendable () -> Void) {
    thread.watch(fd: descriptor) { [weak self] _, _ in
      self?.assumeIsolated { waiter in
        waiter.thread.leave(fd: descriptor)
        readable()
      }
    }
  }

  func leave(_ descriptor: Int32) { thread.leave(fd: descriptor) }

  func watchToWrite(
    _ descriptor: Int32, _ ready: @escaping @Sendable (_ toRead: Bool, _ toWrite: Bool) -> Void
  ) {
    let thread = thread
    thread.watch(fd: descriptor, read: true, write: true) { toRead, toWrite in
      thread.leave(fd: descriptor)
      ready(toRead, toWrite)
    }
  }

  func watchAlways(_ descriptor: Int32, _ ready: @escaping @Sendable () -> Void) {
    thread.watch(fd: descriptor) { _, _ in ready() }
  }

  /// In one job, so that none can ring in between.
  func setAlarms(_ number: Int, calledOff: Set<Int>, ring: @escaping @Sendable (Int) -> Void) {
    for place in 1...number {
      let alarm = thread.setAlarm(at: .after(.zero)) { ring(place) }
      if calledOff.contains(place) { thread.callOff(alarm) }
    }
  }

  /// Due at the same moment, each to call off the other, and a third; in one job as well.
  func setRivals(_ rung: Locked<[Int]>, then last: @escaping @Sendable () -> Void) {
    let moment = Deadline.after(.zero)
    let both = Locked<[PollThread.Alarm]>([])
    let thread = thread
    for number in [0, 1] {
      let alarm = thread.setAlarm(at: moment) {
        rung.withLock { $0.append(number) }
        thread.callOff(both.withLock { $0[1 - number] })
      }
      both.withLock { $0.append(alarm) }
    }
    thread.setAlarm(at: moment, ring: last)
  }
}

@Suite(.timeLimit(.minutes(10)))
struct `A thread that can wait` {
  private struct Pipe: ~Copyable {
    let reading: Int32
    let writing: Int32

    init() {
      var ends: [Int32] = [-1, -1]
      pipe(&ends)
      (reading, writing) = (ends[0], ends[1])
    }

    func fill() { write(writing, "x", 1) }

    deinit {
      close(reading)
      close(writing)
    }
  }

  @Test func `runs all its actors' work on one thread`() async {
    let thread = PollThread(name: "waiters")
    let first = await Waiter(on: thread).threadNumber()
    await withTaskGroup { group in
      for _ in 0..<1000 {
        group.addTask {
          let number = await Waiter(on: thread).threadNumber()
          #expect(pthread_equal(number, first) != 0)
        }
      }
    }
  }

  @Test func `loses no job however many come at once`() async {
    let waiter = Waiter()
    await withTaskGroup { group in
      for _ in 0..<5000 { group.addTask { _ = await waiter.count() } }
    }
    #expect(await waiter.count() == 5001)
  }

  @Test func `wakes when the descriptor is ready`() async {
    let waiter = Waiter()
    let pipe = Pipe()
    pipe.fill()
    #expect(await waiter.wait(pipe.reading, .never) == .ready)
  }

  @Test func `wakes when the other end hangs up`() async {
    let waiter = Waiter()
    var ends: [Int32] = [-1, -1]
    Glibc.pipe(&ends)
    close(ends[1])
    #expect(await waiter.wait(ends[0], .never) == .ready)
    close(ends[0])
  }

  @Test func `wakes at the deadline, also one that has passed`() async {
    let waiter = Waiter()
    let pipe = Pipe()
    #expect(await waiter.wait(pipe.reading, .after(.milliseconds(5))) == .deadlinePassed)
    #expect(await waiter.wait(pipe.reading, .after(.seconds(-5))) == .deadlinePassed)
  }

  @Test func `serves one actor while another waits`() async {
    let first = Waiter()
    let second = Waiter(on: first.thread)
    let one = Pipe()
    let other = Pipe()
    let (silent, spoken) = (one.reading, other.reading)
    let waiting = Task { await first.wait(silent, .never) }
    other.fill()
    #expect(await second.wait(spoken, .never) == .ready)
    #expect(await first.count() == 1)
    one.fill()
    #expect(await waiting.value == .ready)
  }

  @Test func `an interruption reaches whoever waits, whenever it began`() async {
    let waiter = Waiter()
    for _ in 0..<200 {
      let pipe = Pipe()
      let reading = pipe.reading
      let isMeant = Locked(false)
      let waiting = Task { await waiter.wait(reading, until: isMeant) }
      isMeant.withLock { $0 = true }
      waiter.thread.interrupt()
      // A lost interruption leaves this waiting for ever.
      #expect(await waiting.value <= 2)
    }
  }

  @Test func `whoever waits for a descriptor that is to be closed is interrupted`() async throws {
    let waiter = Waiter()
    let pipe = Pipe()
    let reading = pipe.reading
    let waiting = Task { await waiter.wait(reading, .never) }
    let readiness = Locked<PollThread.Readiness?>(nil)
    Task {
      let found = await waiting.value
      readiness.withLock { $0 = found }
    }
    try await eventually("the wait is over") {
      await waiter.leave(reading)
      return readiness.withLock { $0 } != nil
    }
    #expect(readiness.withLock { $0 } == .interrupted)
  }

  @Test func `tells an idle actor that its descriptor can be read`() async throws {
    let waiter = Waiter()
    let pipe = Pipe()
    let heard = Signal<Void>("the watched pipe is readable")
    await waiter.watch(pipe.reading) { heard.fire() }
    pipe.fill()
    try await heard.wait()
    #expect(await waiter.count() == 1)
  }

  @Test func `tells apart what a watched descriptor is ready for`() async throws {
    let waiter = Waiter()
    var ends: [Int32] = [-1, -1]
    socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends)
    let empty = Signal<[Bool]>("the socket has room")
    await waiter.watchToWrite(ends[0]) { empty.fire([$0, $1]) }
    #expect(try await empty.wait() == [false, true])
    // Another test's child process may hold a copy of this end for a moment.
    shutdown(ends[1], Int32(SHUT_RDWR))
    close(ends[1])
    let gone = Signal<[Bool]>("the other end has gone")
    await waiter.watchToWrite(ends[0]) { gone.fire([$0, $1]) }
    #expect(try await gone.wait() == [true, true], "an error is for whoever reads or writes next")
    close(ends[0])
  }

  @Test func `a watched descriptor that is none is told of once`() async throws {
    let waiter = Waiter()
    let times = Locked(0)
    // Far beyond what a process may open, so that no other test's file can be behind it.
    await waiter.watchAlways(.max) { times.withLock { $0 += 1 } }
    for _ in 0..<50 { _ = await waiter.wait(-1, .after(.zero)) }
    #expect(times.withLock { $0 } == 1)
  }

  @Test func `an alarm rings once, in its time's order, unless it was called off`() async throws {
    let waiter = Waiter()
    let rung = Locked<[Int]>([])
    let last = Signal<Void>("the last alarm")
    await waiter.setAlarms(4, calledOff: [1, 3]) { number in
      rung.withLock { $0.append(number) }
      if number == 4 { last.fire() }
    }
    try await last.wait()
    #expect(await waiter.wait(-1, .after(.milliseconds(2))) == .deadlinePassed)
    #expect(rung.withLock { $0 } == [2, 4])
  }

  @Test func `an alarm set from elsewhere wakes a thread that sleeps for longer`() async throws {
    let thread = PollThread(name: "sleeper")
    let distant = thread.setAlarm(at: .after(.seconds(3600))) {}
    for _ in 1...100 {
      let rung = Signal<Void>("an alarm of the next moment")
      thread.setAlarm(at: .after(.microseconds(200))) { rung.fire() }
      try await rung.wait()
    }
    thread.callOff(distant)
  }

  @Test func `an alarm may call off one that is due with it`() async throws {
    let rung = Locked<[Int]>([])
    let ended = Signal<Void>("the alarm after both")
    await Waiter().setRivals(rung) { ended.fire() }
    try await ended.wait()
    #expect(rung.withLock { $0 } == [0], "the first that was set rings and calls off the second")
  }

  @Test func `a task that prefers it runs on it, before and after it has waited`() async {
    let waiter = Waiter()
    let number = await waiter.threadNumber()
    let places = await Task(executorPreference: waiter.thread) {
      var places = [pthread_self()]
      _ = await waiter.wait(-1, .after(.milliseconds(1)))
      places.append(pthread_self())
      await Task.yield()
      places.append(pthread_self())
      await Wake().wait(for: .milliseconds(1))
      places.append(pthread_self())
      return places
    }.value
    #expect(places.allSatisfy { pthread_equal($0, number) != 0 })
  }
}
