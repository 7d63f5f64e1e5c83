import Desk
import Testing
import TradingTime

@testable import Reports

@Suite(.timeLimit(.minutes(10))) struct `The end-of-day report` {
  /// One account, one round trip, nothing wrong: small enough to be compared whole.
  private func quietDay(notes: [String] = [], breaks: [OpenBreak] = []) -> ReportInput {
    var input = Sample.input(history: 1)
    let asha = input.accounts[0]
    let sheet = asha.instruments[1]
    let figures = AnalyticsDay(
      accountID: "asha", session: Sample.session, instruments: 1, openPositions: 0, incomplete: 0,
      fills: 2, orders: 2, rejectedOrders: 0, realised: Sample.money("-1620"), unrealised: .zero,
      gross: Sample.money("-1620"), charges: Sample.money("250.386"),
      net: Sample.money("-1870.386"), brokerBooked: Sample.money("-1645.5"),
      brokerUnrealised: nil, turnover: Sample.money("606100"), longExposure: .zero,
      shortExposure: .zero, wins: 0, losses: 1, grossProfit: .zero,
      grossLoss: Sample.money("1620"), cash: Sample.money("1184230.55"), equity: nil)
    input.accounts = [
      DayRecord(
        account: asha.account, figures: figures, instruments: [sheet], funds: asha.funds,
        fundsAt: asha.fundsAt, positionsAt: asha.positionsAt, reconciledAt: asha.reconciledAt,
        breaks: breaks, notes: notes, history: [figures])
    ]
    input.jobs = JobsSection(jobs: [
      JobDay(
        name: "reconcile",
        marks: [JobDay.Mark(at: Sample.at(16, 20), ending: .late, lateness: .seconds(75))],
        troubles: [
          JobDay.Trouble(
            at: Sample.at(16, 20), item: "asha", ending: .late, reason: "waited for account/asha")
        ])
    ])
    return input
  }

  @Test func `says which positions are valued at an old price`() {
    var input = Sample.input()
    func odd() -> [String] {
      Report.render(input).text.split(separator: "\n").map(String.init)
        .filter { $0.contains("the last that came") }
    }
    input.closedAt = Sample.at(15, 35)
    #expect(odd() == [])
    input.closedAt = Sample.at(16, 10)
    #expect(
      odd().contains(
        "- asha: RELIANCE (NC:2885) is valued at its price of 15:34:50, the last that came"),
      "\(odd())")
    #expect(odd().allSatisfy { !$0.contains("INFY") }, "what is closed has no value to be wrong")
    input.closedAt = nil
    #expect(odd() == [])
  }

  @Test func `reads like this`() {
    #expect(
      Report.render(quietDay()).text == """
        CLEAN

        End of day, Friday 20 November 2026 (paper trading)

        BREAKS
        none

        PROFIT AND LOSS
        Account          Gross  Charges         Net    Realised  Unrealised      Turnover
        Asha Menon  -₹1,620.00  ₹250.39  -₹1,870.39  -₹1,620.00       ₹0.00  ₹6,06,100.00

        POSITIONS
        Account  Instrument    Open  Bought  Sold  Close  Broker's day       Mark       Gross  Charges         Net
        asha     INFY NC:1594     0     200   200      0             0  ₹1,510.05  -₹1,620.00  ₹250.39  -₹1,870.39

        WHY THE BROKER SHOWS ANOTHER FIGURE
        Account  Ours, first in first out  + average cost  + day pool  + unexplained  = broker's booked
        asha                   -₹1,620.00           ₹0.00       ₹0.00        -₹25.50         -₹1,645.50

        FUNDS
        Account  Exchange           Cash  As of
        asha     NC        ₹11,84,230.55  16:20:01

        PERFORMANCE
        On record: 1 session
        Deepest drawdown: n/a (no capital declared)
        Sharpe, 252 sessions: n/a (no capital declared)
        Sortino, 252 sessions: n/a (no capital declared)
        Profit factor by day: 0.00
        Winning days: 0.00%

        JOBS
        Job        Runs  On time  Late  Failed  Skipped  Worst lateness
        reconcile     1        0     1       0        0           1 min
        - 16:20:00 reconcile/asha late: waited for account/asha

        NEXT SESSION
        Monday 23 November 2026
        - NSE cash: pre-open 09:00, continuous 09:15 to 15:30, closing auction to 15:35
        - NIFTY monthly contracts expire on Monday, moved from Tuesday 24 November (holiday)
        - Tuesday 24 November: exchange holiday

        """)
  }

  @Test func `equal inputs give equal bytes, whatever order they came in`() {
    var input = Sample.input()
    let first = Report.render(input)
    #expect(Report.render(input) == first)
    input = ReportInput(
      session: input.session, mode: input.mode, zone: input.zone,
      accounts: input.accounts.reversed(),
      jobs: JobsSection(jobs: input.jobs.jobs.reversed()), next: input.next)
    #expect(Report.render(input) == first)
  }

  @Test func `all four forms carry the same numbers`() {
    let report = Report.render(Sample.input())
    for (people, programs) in [
      ("+₹11,343.45", "11343.45"), ("₹20,70,463.00", "2070463.00"), ("₹3,694.05", "3694.05"),
    ] {
      #expect(report.text.contains(people) && report.html.contains(people), "\(people)")
      #expect(report.json.contains("\"\(programs)\""), "\(programs)")
    }
    for net in ["3910.92", "7432.53", "-1870.39", "17112.50"] {
      #expect(report.csv.contains(",\(net)\r\n") && report.json.contains("\"\(net)\""), "\(net)")
    }
    #expect(report.json.contains("\"verdict\": \"\(report.verdict)\""))
    #expect(report.csv.contains("report,,,verdict,BREAKS 1 (1 critical)\r\n"))
    #expect(report.html.contains(">BREAKS 1 (1 critical)</p>"))
    #expect(report.text.hasPrefix("BREAKS 1 (1 critical)\n"))
  }

  @Test func `a page needs nothing from elsewhere and runs nothing`() {
    let html = Report.render(Sample.input()).html
    for word in ["<script", "http:", "https:", "<link", "<img", "@import", "url("] {
      #expect(!html.contains(word), "\(word)")
    }
    #expect(html.contains("prefers-color-scheme: dark"))
    for tag in ["svg", "table", "section", "div", "text", "figure", "tbody"] {
      let opened = html.components(of: "<\(tag)")
      #expect(opened == html.components(of: "</\(tag)>"), "\(tag)")
      #expect(opened > 0, "\(tag)")
    }
  }

  @Test func `what the broker wrote cannot become markup or a formula`() {
    let nasty = "=HYPERLINK(\"x\") <script>alert('1')</script> & \u{1}"
    let report = Report.render(quietDay(notes: [nasty]))
    #expect(!report.html.contains("<script"))
    #expect(report.html.contains("=HYPERLINK(&quot;x&quot;) &lt;script&gt;alert(&#39;1&#39;)"))
    #expect(report.json.contains("=HYPERLINK(\\\"x\\\") <script>alert('1')</script> & \\u0001"))
    #expect(report.csv.contains("\"asha: =HYPERLINK(\"\"x\"\")"))
    var formula = Sample.input()
    formula.missing = ["=1+1", "-2+3", "+5"]
    let csv = Report.render(formula).csv
    #expect(csv.contains("missing,'=1+1\r\n") && csv.contains("missing,'-2+3\r\n"))
    #expect(csv.contains("missing,+5\r\n"))
  }

  @Test func `the first line says the worst that is known`() {
    func line(_ change: (inout ReportInput) -> Void) -> String {
      var input = quietDay()
      change(&input)
      return Report.render(input).verdict
    }
    func found(
      _ type: DiscrepancyType, _ severity: Severity, _ layer: ReconciliationLayer, _ key: String
    )
      -> OpenBreak
    {
      OpenBreak(
        identity: DiscrepancyIdentity(accountID: "asha", layer: layer, key: key), type: type,
        severity: severity, symbol: "", ours: "1", theirs: "2", difference: "1", moneyAtRisk: nil,
        firstSeenOn: Sample.session, lastSeenOn: Sample.session, ageInSessions: 0)
    }
    let missing = found(.notComparable, .high, .completeness, "positions")
    let timing = found(.timing, .info, .orders, "NC/1")
    let real = found(.quantity, .critical, .positions, "NC:1")
    #expect(line { _ in } == "CLEAN")
    #expect(line { $0 = quietDay(breaks: [timing]) } == "EXPLAINED 1")
    #expect(line { $0 = quietDay(breaks: [timing, missing]) } == "NOT COMPARABLE: positions book")
    #expect(line { $0 = quietDay(breaks: [timing, missing, real]) } == "BREAKS 1 (1 critical)")
    #expect(line { $0.accounts = [] } == "NOT COMPARABLE: no accounts")
    #expect(
      line { input in
        let asha = input.accounts[0]
        input.accounts = [
          DayRecord(
            account: asha.account, figures: nil, instruments: [], funds: [], fundsAt: nil,
            positionsAt: nil, reconciledAt: nil, breaks: [], notes: [], history: [])
        ]
      } == "NOT COMPARABLE: asha not reconciled")
  }

  @Test func `what is missing is said in so many words`() {
    var input = quietDay()
    let asha = input.accounts[0]
    input.accounts = [
      DayRecord(
        account: asha.account, figures: nil, instruments: [], funds: [], fundsAt: nil,
        positionsAt: nil, reconciledAt: nil, breaks: [], notes: ["orders: odd"], history: [])
    ]
    input.missing = ["ravi: the account has no snapshot"]
    let text = Report.render(input).text
    #expect(
      text.contains(
        """
        MISSING OR ODD
        - ravi: the account has no snapshot
        - asha: no positions of this session on record
        - asha: not reconciled
        - asha: no figures rolled up
        - asha: no limit statement on record
        - asha: orders: odd
        """))
  }

  @Test func `a sum of nothing known is not zero, and one of a part says so`() throws {
    var input = quietDay()
    let known = try #require(input.accounts.first { $0.figures != nil })
    let unknown = DayRecord(
      account: known.account, figures: nil, instruments: [], funds: [], fundsAt: nil,
      positionsAt: nil, reconciledAt: nil, breaks: [], notes: [], history: [])
    func all(_ accounts: [DayRecord], _ label: String) -> String? {
      input.accounts = accounts
      return Report.render(input).text.split(separator: "\n").map(String.init)
        .first { $0.hasPrefix(label) }?.split(separator: " ").dropFirst(label == "All" ? 1 : 3)
        .joined(separator: " ")
    }
    #expect(all([unknown, unknown], "All") == "n/a n/a n/a n/a n/a n/a")
    let whole = try #require(all([known, known], "All"))
    #expect(!whole.contains("n/a"))
    #expect(all([known, unknown], "1 of 2")?.contains("n/a") == false)
    #expect(Report.render(input).html.contains("1 of 2"))
  }

  @Test func `rates nobody looked after are named`() {
    var input = quietDay()
    input.session = Sample.date("2027-04-01")
    #expect(
      Report.render(input).text.contains(
        "- charges: the rates were last reviewed for trades through 2027-03-31"))
  }
}

extension String {
  fileprivate func components(of piece: String) -> Int { ranges(of: piece).count }
}
