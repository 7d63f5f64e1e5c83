import Glibc
import Runner
import Testing
import Threads

@Suite(.timeLimit(.minutes(10))) struct `Telling the service manager` {
  @Test func `goes to a path, one datagram a message`() throws {
    let folder = try ProgramFolder()
    let manager = try SystemdManager("\(folder.path)/notify")
    let systemd = Systemd(environment: ["NOTIFY_SOCKET": "\(folder.path)/notify"])
    #expect(systemd.isPresent)
    systemd.ready("3 running")
    systemd.status("two\nlines")
    systemd.watchdog()
    systemd.stopping("draining")
    systemd.extendTimeout(by: .seconds(3))
    #expect(manager.next() == "READY=1\nSTATUS=3 running")
    #expect(manager.next() == "STATUS=two lines")
    #expect(manager.next() == "WATCHDOG=1")
    #expect(manager.next() == "STOPPING=1\nSTATUS=draining")
    #expect(manager.next() == "EXTEND_TIMEOUT_USEC=3000000")
  }

  @Test func `goes to an abstract name`() throws {
    let name = "@muhurat-test-\(getpid())-\(UInt32.random(in: 0 ... .max))"
    let manager = try SystemdManager(name)
    Systemd(environment: ["NOTIFY_SOCKET": name]).ready()
    #expect(manager.next() == "READY=1")
  }

  @Test func `a reload carries the present time`() throws {
    let folder = try ProgramFolder()
    let manager = try SystemdManager("\(folder.path)/notify")
    let before = SystemClock.sinceBoot()
    Systemd(environment: ["NOTIFY_SOCKET": "\(folder.path)/notify"]).reloading()
    let lines = try #require(manager.next()).split(separator: "\n")
    #expect(lines.first == "RELOADING=1")
    let stamp = try #require(lines.last?.split(separator: "=").last.flatMap { Int($0) })
    #expect(Duration.microseconds(stamp + 1) > before)
    #expect(lines.count == 2)
  }

  @Test(arguments: [nil, "", "vsock:2:1234", "relative", "/nowhere/notify"] as [String?])
  func `is silent where nobody listens`(_ socket: String?) {
    let systemd = Systemd(environment: socket.map { ["NOTIFY_SOCKET": $0] } ?? [:])
    #expect(systemd.isPresent == (socket == "/nowhere/notify"))
    systemd.ready()
    systemd.watchdog()
  }

  @Test func `a manager that reads nothing holds nobody up`() throws {
    let folder = try ProgramFolder()
    let manager = try SystemdManager("\(folder.path)/notify")
    let systemd = Systemd(environment: ["NOTIFY_SOCKET": "\(folder.path)/notify"])
    // A few more than the socket's queue holds; each of those waits its quarter of a second.
    for _ in 0..<manager.queueLength + 2 { systemd.watchdog() }
    #expect(manager.next() == "WATCHDOG=1")
  }

  @Test func `the watchdog is fed twice within its limit, by the named process only`() {
    func interval(_ environment: [String: String]) -> Duration? {
      Systemd(environment: environment, process: 42).watchdogInterval
    }
    #expect(interval(["WATCHDOG_USEC": "30000000"]) == .seconds(15))
    #expect(interval(["WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "42"]) == .seconds(15))
    #expect(interval(["WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "43"]) == nil)
    #expect(interval(["WATCHDOG_USEC": "0"]) == nil)
    #expect(interval([:]) == nil)
  }

  @Test func `taking over leaves nothing for children to speak with`() async {
    // In a process of its own, because the environment is everybody's.
    await #expect(processExitsWith: .success) {
      setenv("NOTIFY_SOCKET", "/run/notify", 1)
      setenv("WATCHDOG_USEC", "4000000", 1)
      setenv("WATCHDOG_PID", "\(getpid())", 1)
      let systemd = Systemd.takeOver()
      let names = ["NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"]
      let isRight =
        systemd.isPresent && systemd.watchdogInterval == .seconds(2)
        && names.allSatisfy { getenv($0) == nil }
      exit(isRight ? 0 : 1)
    }
  }
}

/// A socket as the service manager holds it.
final class SystemdManager: Sendable {
  private let descriptor: Int32

  struct NoSocket: Error {}

  init(_ name: String) throws {
    descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    var bytes = Array(name.utf8)
    let isAbstract = bytes.first == UInt8(ascii: "@")
    if isAbstract { bytes[0] = 0 } else { bytes.append(0) }
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
    let length = socklen_t(MemoryLayout<sa_family_t>.size + bytes.count)
    let failed = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, length) }
    }
    guard failed == 0 else { throw NoSocket() }
  }

  deinit { close(descriptor) }

  var queueLength: Int {
    guard let file = fopen("/proc/sys/net/unix/max_dgram_qlen", "re") else { return 10 }
    defer { fclose(file) }
    var text = [CChar](repeating: 0, count: 32)
    fgets(&text, 32, file)
    return atoi(text).magnitude < 1000 ? Int(atoi(text)) : 10
  }

  func next() -> String? {
    var set = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    guard poll(&set, 1, 30_000) == 1 else { return nil }
    var room = [UInt8](repeating: 0, count: 4096)
    let count = recv(descriptor, &room, room.count, 0)
    return count < 0 ? nil : String(decoding: room[..<count], as: UTF8.self)
  }
}
