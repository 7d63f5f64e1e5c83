import Desk
import TradingTime

/// The report as one page that needs nothing else: style and charts are inside, no script, light
/// and dark as the reader's screen wants.
struct HTMLReport {
  let figures: ReportFigures
  var input: ReportInput { figures.input }

  init(_ figures: ReportFigures) {
    self.figures = figures
  }

  func render() -> String {
    let title = "End of day, \(Wording.date(input.session))"
    let body = [
      header, tiles, missing, breaks, curve, profit, positions, bridge, funds, performance, jobs,
      next,
    ]
    return """
      <!doctype html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta name="color-scheme" content="light dark">
      <title>\(HTMLText.escaped(title))</title>
      <style>
      \(HTMLStyle.text)
      </style>
      </head>
      <body>
      <main>
      \(body.filter { !$0.isEmpty }.joined(separator: "\n"))
      </main>
      </body>
      </html>

      """
  }

  func section(_ title: String, _ content: String, note: String = "") -> String {
    let aside = note.isEmpty ? "" : "<p class=\"note\">\(HTMLText.escaped(note))</p>"
    return "<section>\n<h2>\(HTMLText.escaped(title))</h2>\(aside)\n\(content)\n</section>"
  }

  private var header: String {
    let mode = input.mode == .paper ? "<span class=\"mode\">paper trading</span>" : ""
    return """
      <header>
      <p class="kicker">End of day \(mode)</p>
      <h1>\(HTMLText.escaped(Wording.date(input.session)))</h1>
      <p class="verdict \(figures.tone.rawValue)">\(HTMLText.escaped(figures.verdictLine))</p>
      </header>
      """
  }

  private var tiles: String {
    let sum = figures.totals
    let tiles = [
      tile("Net", Wording.gain(sum?.net), "after charges"),
      tile("Gross", Wording.gain(sum?.gross), "before charges"),
      tile("Charges", Wording.rupees(sum?.charges), "estimate"),
      tile(
        "Turnover", Wording.rupees(sum?.turnover),
        sum.map { "\($0.fills) fills, \($0.orders) orders" } ?? "not rolled up"),
      tile("Exposure", Wording.rupees(sum?.exposure), "long and short"),
    ]
    return "<div class=\"tiles\">\n\(tiles.joined(separator: "\n"))\n</div>"
  }

  private func tile(_ name: String, _ value: String, _ detail: String) -> String {
    let colour = value.hasPrefix("+") ? " up" : value.hasPrefix("-") ? " down" : ""
    return "<div class=\"tile\"><span>\(HTMLText.escaped(name))</span>"
      + "<strong class=\"\(colour)\">\(HTMLText.escaped(value))</strong>"
      + "<small>\(HTMLText.escaped(detail))</small></div>"
  }

  private var missing: String {
    guard !figures.missing.isEmpty else { return "" }
    let items = figures.missing.map { "<li>\(HTMLText.escaped($0))</li>" }.joined(separator: "\n")
    return "<section class=\"missing\">\n<h2>Missing or odd</h2>\n<ul>\n\(items)\n</ul>\n</section>"
  }

  private var curve: String {
    guard !figures.curve.isEmpty else { return "" }
    return section(
      "Net result so far", CurveChart(figures.curve).svg,
      note: "All accounts, since the first session on record; bars show each session.")
  }

  private var performance: String {
    let items = PerformanceWords(figures.performance).lines.map {
      "<div><dt>\(HTMLText.escaped($0.name))</dt><dd>\(HTMLText.escaped($0.value))</dd></div>"
    }
    return section("Performance", "<dl>\n\(items.joined(separator: "\n"))\n</dl>")
  }

  private var next: String {
    let date = input.next.date.map(Wording.date) ?? "Not known: the calendar does not say."
    let facts = input.next.facts.map { "<li>\(HTMLText.escaped($0))</li>" }.joined(separator: "\n")
    let list = facts.isEmpty ? "" : "\n<ul>\n\(facts)\n</ul>"
    return section("Next session", "<p class=\"next\">\(HTMLText.escaped(date))</p>\(list)")
  }
}
