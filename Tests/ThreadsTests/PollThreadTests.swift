import Glibc
import Support
import Testing
import Threads

/// An actor on a thread of its own, as connections are.
private actor Waiter {
  nonisolated let thread = PollThread(name: "waiter")
  private var jobs = 0

  nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

  isolated deinit { thread.stop() }

  func threadNumber() -> pthread_t { pthread_self() }

  func count() -> Int {
    jobs += 1
    return jobs
  }

  func wait(_ descriptor: Int32, _ deadline: Deadline) -> PollThread.Readiness {
    thread.wait(fd: descriptor, read: true, write: false, until: deadline)
  }

  func watch(_ descriptor: Int32, _ readable: @escaping @Sendable () -> Void) {
    thread.watch(fd: descriptor) { [weak self] in
      self?.assumeIsolated { waiter in
        waiter.thread.unwatch()
        readable()
      }
    }
  }
}

@Suite(.timeLimit(.minutes(1)))
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

  @Test func `runs all its actor's work on one thread`() async {
    let waiter = Waiter()
    let first = await waiter.threadNumber()
    await withTaskGroup { group in
      for _ in 0..<1000 {
        group.addTask { #expect(await pthread_equal(waiter.threadNumber(), first) != 0) }
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

  @Test func `wakes when interrupted from another thread`() async throws {
    let waiter = Waiter()
    let pipe = Pipe()
    let reading = pipe.reading
    let readiness = Locked<PollThread.Readiness?>(nil)
    let waiting = Task {
      let found = await waiter.wait(reading, .never)
      readiness.withLock { $0 = found }
    }
    try await eventually("the wait is over") {
      waiter.thread.interrupt()
      return readiness.withLock { $0 } != nil
    }
    await waiting.value
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

  @Test func `ends with its actor`() async throws {
    weak var gone: PollThread?
    do {
      let waiter = Waiter()
      gone = waiter.thread
      #expect(await waiter.count() == 1)
    }
    try await eventually("the thread is over") { gone == nil }
  }
}
