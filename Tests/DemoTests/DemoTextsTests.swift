import Demo
import Testing

@Suite(.timeLimit(.minutes(10)))
struct `What the demo writes down` {
  private let texts = DemoTexts(
    folder: DemoFolder(in: "/home/asha/it's \"ours\""),
    databaseURL: "postgresql:///muhurat?host=/home/asha/pg&port=5432&user=muhurat",
    brokerURL: "http://127.0.0.1:34567/skapi", port: 8421, calendars: "/srv/muhurat/calendars",
    jobs: "/srv/muhurat/jobs", programs: "/srv/muhurat/bin",
    postgresPrograms: "/usr/lib/postgresql/15/bin")

  @Test func `its configuration names the simulator and nothing of the machine's own`() {
    #expect(
      texts.configuration == """
        # Written by `muhurat demo` at each start.
        mode: paper
        timezone: Asia/Kolkata
        calendars: "/srv/muhurat/calendars"
        database:
          url: "postgresql:///muhurat?host=/home/asha/pg&port=5432&user=muhurat"
        runner:
          drain: 2s
        status:
          listen: "127.0.0.1:8421"
        broker:
          url: "http://127.0.0.1:34567/skapi"
          reads_per_second: 50             # the simulator minds no haste; the broker would
        credentials: "/home/asha/it's \\"ours\\"/.muhurat/credentials"
        runtime: "/home/asha/it's \\"ours\\"/.muhurat/run"
        reports:
          directory: "/home/asha/it's \\"ours\\"/.muhurat/reports"

        """)
  }

  @Test func `its environment survives a shell`() {
    #expect(
      texts.environment == """
        # source this: muhurat and psql then talk to the demo
        export PATH='/srv/muhurat/bin':"$PATH":'/usr/lib/postgresql/15/bin'
        export DATABASE_URL='postgresql:///muhurat?host=/home/asha/pg&port=5432&user=muhurat'
        export MUHURAT_CONFIG='/home/asha/it'\\''s "ours"/.muhurat/muhurat.yaml'
        export MUHURAT_JOBS='/srv/muhurat/jobs'
        export PGTZ=Asia/Kolkata

        """)
  }

  @Test func `a day's counts read with the most first`() {
    #expect(
      DaySummary.words(["gated": 2, "succeeded": 1_562, "failed": 2])
        == "1,562 succeeded, 2 failed, 2 gated")
    #expect(DaySummary.words(["run": 1_234_567]) == "1,234,567 run")
    #expect(DaySummary.words([:]) == "none")
  }

  @Test(arguments: [
    ("60", "60"), ("1", "1"), ("0.5", "0.5"), ("max", "max"), ("100000", "max"), ("0", nil),
    ("-1", nil), ("100001", nil), ("fast", nil), ("nan", nil), ("", nil),
  ])
  func `a speed is a number or max`(_ text: String, _ read: String?) {
    #expect(DemoSpeed(text)?.description == read)
  }
}
