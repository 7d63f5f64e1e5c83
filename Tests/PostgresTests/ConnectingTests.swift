import Glibc
import Postgres
import Support
import Testing
import Threads

@Suite(.timeLimit(.minutes(10)))
struct `Connecting` {
  private static let secret = "correct horse % battery"
  private static let encoded = "correct%20horse%20%25%20battery"

  @Test func `a refused connection says where and why, never with what password`() async throws {
    let settings = try ConnectionSettings(
      url: "postgresql://desk:\(Self.encoded)@127.0.0.1:1/muhurat")
    let error = try await refusal { try await Connection.open(settings) }
    #expect(
      error.description
        == """
        database unavailable: connection to server at "127.0.0.1", port 1 failed: Connection \
        refused; Is the server running on that host and accepting TCP/IP connections?
        """)
  }

  @Test func `settings are shown without their password`() throws {
    let cases = [
      "postgresql://desk:\(Self.encoded)@db1:5433/muhurat",
      "host=db1 port=5433 user=desk dbname=muhurat password='\(Self.secret)'",
    ]
    for url in cases {
      let settings = try ConnectionSettings(url: url)
      #expect(settings.description == "desk@db1:5433/muhurat")
      #expect(String(reflecting: settings) == "desk@db1:5433/muhurat")
      var dumped = ""
      dump(settings, to: &dumped)
      #expect(!dumped.contains("horse"))
    }
  }

  @Test func `whoever keeps what others print is told every spelling of the password`() throws {
    let url = "postgresql://desk:\(Self.encoded)@db1:5433/muhurat?sslpassword=second%20one"
    #expect(
      try Set(ConnectionSettings(url: url).writtenSecrets)
        == [Self.secret, Self.encoded, "second one"])
    #expect(
      try ConnectionSettings(url: "host=db1 password='\(Self.secret)'").writtenSecrets == [
        Self.secret
      ])
    #expect(try ConnectionSettings(url: "postgresql://desk@db1/muhurat").writtenSecrets == [])
  }

  @Test(arguments: [
    "postgresql://desk:correct horse%@db1/muhurat", "host=db1 'correct horse' battery",
    "password='correct horse", "postgresql://desk@db1/muhurat?correct-horse=1",
  ])
  func `an address that cannot be read is not quoted`(url: String) {
    #expect { try ConnectionSettings(url: url) } throws: {
      "\($0)"
        == "the database's address cannot be read; write postgresql://user@host:5432/name "
        + "or host=… dbname=…, special characters in a URL as %XX"
    }
  }

  @Test func `a password that a message repeats is struck out`() async throws {
    let settings = try ConnectionSettings(
      url: "host=/correct-horse/battery user=desk password=correct-horse")
    let error = try await refusal { try await Connection.open(settings) }
    #expect(
      error.description
        == """
        database unavailable: connection to server on socket \
        "/…/battery/.s.PGSQL.5432" failed: No such file or directory; Is the server running \
        locally and accepting connections on that socket?
        """)
  }

  @Test func `a server that accepts and then says nothing is given up on`() async throws {
    let mute = try MuteServer()
    let settings = try ConnectionSettings(
      url: "postgresql://desk:\(Self.encoded)@127.0.0.1:\(mute.port)/muhurat")
    let error = try await refusal {
      try await Connection.open(settings, deadline: .after(.milliseconds(100)))
    }
    #expect(
      error.description
        == "database unavailable: no connection to desk@127.0.0.1:\(mute.port)/muhurat in time")
  }

  /// A service file that is a pipe nobody writes to blocks libpq at the same place as a resolver
  /// that does not answer. The variable needs a process of its own.
  @Test func `a resolver that hangs holds up nobody`() async {
    await #expect(processExitsWith: .success) {
      let pipe = "/tmp/muhurat-service-\(getpid())"
      try #require(mkfifo(pipe, 0o600) == 0)
      defer { unlink(pipe) }
      setenv("PGSERVICEFILE", pipe, 1)
      let settings = try ConnectionSettings(url: "service=never host=db1 user=desk dbname=muhurat")
      let error = try await refusal {
        try await Connection.open(settings, deadline: .after(.milliseconds(50)))
      }
      #expect(
        error.description
          == "database unavailable: no connection to desk@db1:5432/muhurat in time")
    }
  }

  @Test func `the address may limit the time for connecting`() async throws {
    #expect(
      try ConnectionSettings(url: "host=db1 connect_timeout=17").connectLimit == .seconds(17))
    #expect(try ConnectionSettings(url: "host=db1").connectLimit == .seconds(5))
  }

  @Test func `the server knows us by name, and the address may give another`() async throws {
    let cluster = try await PostgresCluster.shared
    for (url, name) in [
      (cluster.url(), "muhurat"), (cluster.url() + "&application_name=night", "night"),
    ] {
      let connection = try await Connection.open(ConnectionSettings(url: url))
      let row = try await connection.query(
        "select current_setting('application_name') as n, current_setting('client_encoding') as e"
      ).one
      #expect(try row.decode("n", as: String.self) == name)
      #expect(try row.decode("e", as: String.self) == "UTF8")
    }
  }

  @Test func `a database that is not there is the server's own message`() async throws {
    let cluster = try await PostgresCluster.shared
    let error = try await refusal {
      try await Connection.open(cluster.settings(database: "nowhere"))
    }
    #expect(
      error.description
        == """
        database unavailable: connection to server on socket \
        "\(cluster.folder)/.s.PGSQL.5432" failed: FATAL:  database "nowhere" does not exist
        """)
  }

  @Test func `input that the server quotes is not shown`() async throws {
    let cluster = try await PostgresCluster.shared
    let connection = try await Connection.open(cluster.settings())
    let error = try await refusal {
      try await connection.query("select $1::int", "correct horse")
    }
    #expect(
      error.description
        == "ERROR 22P02: invalid input syntax for type integer (value not shown)")
  }
}

/// Accepts connections, because the kernel does, and never reads them.
private final class MuteServer {
  let port: UInt16
  private let socket: Int32

  init() throws {
    socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let socket = socket
    let isUp = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
        bind(socket, address, size) == 0 && listen(socket, 8) == 0
          && getsockname(socket, address, &size) == 0
      }
    }
    try #require(isUp)
    port = UInt16(bigEndian: address.sin_port)
  }

  deinit { close(socket) }
}
