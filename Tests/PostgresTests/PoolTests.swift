import Postgres
import Support
import Testing
import Threads

@Suite(.freshDatabase, .timeLimit(.minutes(10)))
struct `A pool` {
  @Test func `serves a hundred at a time with a few connections`() async throws {
    let pool = try TestDatabase.current.pool(size: 3)
    let answers = try await withThrowingTaskGroup(of: Int.self) { group in
      for number in 0..<100 {
        group.addTask { try await pool.query("select $1 as n", number).one.decode("n") }
      }
      return try await group.reduce(into: Set()) { $0.insert($1) }
    }
    #expect(answers == Set(0..<100))
    let status = pool.status
    #expect(status.open <= 3)
    #expect(status.waiting == 0)
    #expect(status.lastError == nil)
    #expect(status.connectedSince != nil)
  }

  @Test func `makes no connection before one is needed, and no more than needed`() async throws {
    let pool = try TestDatabase.current.pool(size: 5)
    #expect(pool.status.open == 0)
    for _ in 0..<10 { try await pool.query("select 1") }
    #expect(pool.status.open == 1)
  }

  @Test func `serves in the order of asking`() async throws {
    let pool = try TestDatabase.current.pool(size: 1)
    let served = Locked<[Int]>([])
    try await pool.withConnection { _ in
      try await withThrowingTaskGroup(of: Void.self) { group in
        for number in 0..<10 {
          Task {
            try await pool.withConnection { _ in served.withLock { $0.append(number) } }
          }
          try await eventually("number \(number) stands in line") {
            pool.status.waiting == number + 1
          }
        }
        group.cancelAll()
      }
    }
    try await eventually("all are served") { served.withLock { $0.count } == 10 }
    #expect(served.withLock { $0 } == Array(0..<10))
  }

  @Test func `lets go who has waited long enough, and says why`() async throws {
    let pool = try TestDatabase.current.pool(size: 1)
    try await pool.withConnection { _ in
      let error = try await refusal {
        try await pool.query("select 1", deadline: .after(.milliseconds(50)))
      }
      #expect(
        error.description
          == "waiting for one of 1 connections, all in use, took longer than its deadline allowed")
      #expect(pool.status.waiting == 0)
    }
    #expect(try await pool.query("select 1").count == 1)
  }

  @Test func `lets go who is cancelled in the line`() async throws {
    let pool = try TestDatabase.current.pool(size: 1)
    try await pool.withConnection { _ in
      let waiting = Task { try await refusal { try await pool.query("select 1") } }
      try await eventually("it stands in line") { pool.status.waiting == 1 }
      waiting.cancel()
      guard case .cancelled = try await waiting.value else {
        Issue.record("\(try await waiting.value)")
        return
      }
    }
    #expect(try await pool.query("select 1").count == 1)
  }

  @Test func `never lends a connection that died while idle`() async throws {
    let pool = try TestDatabase.current.pool(size: 2)
    let watcher = try await TestDatabase.current.connection()
    let first: Int32 = try await pool.query("select pg_backend_pid() as pid").one["pid"]
    try await watcher.query("select pg_terminate_backend($1)", first)
    try await eventually("the loss is noticed") { pool.status.idle == 0 }
    let second: Int32 = try await pool.query("select pg_backend_pid() as pid").one["pid"]
    #expect(second != first)
    #expect(pool.status.lastError?.isEmpty == false)
    #expect(pool.status.open == 1)
  }

  @Test func `replaces a connection that broke in use`() async throws {
    let pool = try TestDatabase.current.pool(size: 1)
    let error = try await refusal {
      try await pool.query("select pg_terminate_backend(pg_backend_pid())")
    }
    #expect(error.sqlState == "57P01")
    #expect(try await pool.query("select 1").count == 1)
  }

  @Test func `does not pass on a transaction that somebody left open`() async throws {
    let pool = try TestDatabase.current.pool(size: 1)
    try await pool.execute(script: "create table t (a int)")
    try await pool.execute(script: "begin; insert into t values (1)")
    #expect(try await pool.query("select from t").isEmpty)
  }

  @Test func `does not keep a connection that has carried megabytes, whose buffers stay`()
    async throws
  {
    let pool = try TestDatabase.current.pool(size: 1)
    func server(after bytes: Int) async throws -> Int32 {
      try await pool.query(
        "select pg_backend_pid() as pid, length($1)", String(repeating: "a", count: bytes)
      ).one["pid"]
    }
    let first = try await server(after: 1000)
    #expect(try await server(after: 1_500_000) == first, "a small one made it go")
    let second = try await server(after: 1000)
    #expect(second != first, "a large question left its buffer behind")
    try await pool.query("select repeat('a', 1500000) as answer")
    #expect(try await server(after: 1000) != second, "a large answer left its buffer behind")
    #expect(pool.status.lastError == nil, "told as a loss")
  }

  @Test func `says at the deadline that the database is away`() async throws {
    let pool = Pool(try ConnectionSettings(url: "postgresql:///x?host=/nowhere/at/all"), size: 2)
    let error = try await refusal {
      try await pool.query("select 1", deadline: .after(.seconds(2)))
    }
    #expect(
      error.description
        == """
        database unavailable: connection to server on socket \
        "/nowhere/at/all/.s.PGSQL.5432" failed: No such file or directory; Is the server running \
        locally and accepting connections on that socket?
        """)
    #expect(pool.status.failures > 0)
    #expect(pool.status.connectedSince == nil)
    #expect(pool.status.lastErrorAt != nil)
    #expect(pool.status.open == 0)
  }

  @Test func `cancelled while the database is away, it stops trying`() async throws {
    let pool = Pool(try ConnectionSettings(url: "postgresql:///x?host=/nowhere/at/all"))
    let asking = Task { try await refusal { try await pool.query("select 1") } }
    try await eventually("it has tried") { pool.status.failures > 0 }
    asking.cancel()
    guard case .cancelled = try await asking.value else {
      Issue.record("\(try await asking.value)")
      return
    }
  }

  @Test func `once closed, refuses`() async throws {
    let pool = try TestDatabase.current.pool()
    try await pool.query("select 1")
    await pool.close()
    let error = try await refusal { try await pool.query("select 1") }
    #expect(error.description == "database unavailable: the pool is closed")
  }
}

@Suite(.timeLimit(.minutes(10)))
struct `A pool whose server goes away` {
  @Test func `works again once the server is back`() async throws {
    let cluster = try await PostgresCluster.start()
    let pool = Pool(try cluster.settings(), size: 3)
    try await pool.query("create table t (a int)")
    for crash in [false, true] {
      if crash { try await cluster.crash() } else { try await cluster.stop() }
      let error = try await refusal {
        try await pool.query("select from t", deadline: .after(.milliseconds(200)))
      }
      #expect(error.isTransient)
      let during = Task {
        try await pool.query("select from t", deadline: .after(.seconds(60))).count
      }
      try await cluster.startAgain()
      #expect(try await during.value == 0)
      #expect(pool.status.failures == 0)
      #expect(pool.status.lastError != nil)
    }
  }
}
