import TradingTime

/// Each job's day on one line of time; a cell shows the worst that happened in its minutes.
struct JobStrip {
  private static let width = 960.0
  private static let left = 150.0
  private static let cells = 120
  private static let rowHeight = 26.0
  private let jobs: [JobDay]
  private let zone: ZoneRules
  private let first: Int64
  private let last: Int64

  init(_ jobs: [JobDay], zone: ZoneRules) {
    self.jobs = jobs
    self.zone = zone
    let times = jobs.flatMap(\.marks).map { $0.at.microseconds / 1_000_000 }
    let hour: Int64 = 3600
    let offset = Int64(
      zone.local(Instant(microseconds: (times.min() ?? 0) * 1_000_000)).offsetSeconds)
    // Whole hours on the wall, also where the zone is half an hour off.
    first = ((times.min() ?? 0) + offset) / hour * hour - offset
    last = max(((times.max() ?? 0) + offset) / hour * hour - offset + hour, first + hour)
  }

  private func x(_ seconds: Int64) -> Double {
    Self.left + (Self.width - Self.left) * Double(seconds - first) / Double(last - first)
  }

  var svg: String {
    guard jobs.contains(where: { !$0.marks.isEmpty }) else { return "" }
    let height = Double(jobs.count) * Self.rowHeight + 46
    let rows = jobs.enumerated().map { row($0.element, y: Double($0.offset) * Self.rowHeight + 20) }
    return """
      <div class="scroll"><svg class="wide" viewBox="0 0 960 \(px(height))" role="img" \
      aria-label="How each job went through the day">
      \(hours(bottom: height - 26))
      \(rows.joined(separator: "\n"))
      \(legend(y: height - 8))
      </svg></div>
      """
  }

  private func hours(bottom: Double) -> String {
    let count = (last - first) / 3600
    let step = max(1, (count + 11) / 12)
    return stride(from: Int64(0), through: count, by: Int(step)).map { hour in
      let at = first + hour * 3600
      let clock = zone.local(Instant(microseconds: at * 1_000_000)).time
      let anchor = hour == 0 ? "start" : hour == count ? "end" : "middle"
      let name = "\(clock.hour < 10 ? "0" : "")\(clock.hour):00"
      return "<line class=\"grid\" x1=\"\(px(x(at)))\" x2=\"\(px(x(at)))\" y1=\"16\" "
        + "y2=\"\(px(bottom))\"/><text x=\"\(px(x(at)))\" y=\"11\" "
        + "text-anchor=\"\(anchor)\">\(name)</text>"
    }.joined(separator: "\n")
  }

  private func row(_ job: JobDay, y: Double) -> String {
    let seconds = Double(last - first) / Double(Self.cells)
    let byCell = Dictionary(grouping: job.marks) { mark in
      min(
        Self.cells - 1, Int(Double(mark.at.microseconds / 1_000_000 - first) / seconds))
    }
    let width = (Self.width - Self.left) / Double(Self.cells)
    let cells = byCell.sorted { $0.key < $1.key }.map { cell, marks in
      let worst = marks.map(\.ending).max() ?? .onTime
      let isBad = worst > .onTime
      return """
        <rect class="m-\(worst.rawValue.replacing(" ", with: ""))" \
        x="\(px(Self.left + Double(cell) * width + 0.4))" y="\(px(isBad ? y : y + 4))" \
        width="\(px(max(width - 0.8, 3)))" height="\(isBad ? 18 : 10)" rx="1.5"/>
        """
    }
    let name = job.name.count > 24 ? job.name.prefix(23) + "…" : job.name[...]
    return "<text x=\"0\" y=\"\(px(y + 13))\">\(HTMLText.escaped(String(name)))</text>"
      + cells.joined()
  }

  private func legend(y: Double) -> String {
    var left = Self.left
    return JobDay.Ending.allCases.map { ending in
      defer { left += 84 }
      return "<rect class=\"m-\(ending.rawValue.replacing(" ", with: ""))\" x=\"\(px(left))\" "
        + "y=\"\(px(y - 9))\" width=\"10\" height=\"10\" rx=\"2\"/>"
        + "<text x=\"\(px(left + 15))\" y=\"\(px(y))\">\(ending.rawValue)</text>"
    }.joined()
  }
}
