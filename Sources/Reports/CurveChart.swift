import Desk

/// The desk's cumulative net result as a line, each session's as a bar beneath it.
struct CurveChart {
  private let points: [ReportFigures.CurvePoint]
  private static let width = 960.0
  private static let left = 64.0
  private static let right = 84.0
  private static let lineTop = 14.0
  private static let lineBottom = 186.0
  private static let barTop = 216.0
  private static let barBottom = 264.0

  init(_ points: [ReportFigures.CurvePoint]) {
    self.points = points
  }

  private func x(_ index: Int) -> Double {
    let span = Self.width - Self.left - Self.right
    let slots = Double(max(points.count, 1))
    return Self.left + span * (Double(index) + 0.5) / slots
  }

  var svg: String {
    let values = points.map(\.cumulative.approximate)
    let scale = Scale(values, from: Self.lineBottom, to: Self.lineTop)
    let parts = [grid(scale), line(values, scale), bars, dates]
    let last = points.last.map { Wording.gain($0.cumulative) } ?? ""
    return """
      <div class="scroll"><svg class="wide" viewBox="0 0 960 288" role="img" \
      aria-label="Cumulative net result, now \(last)">
      \(parts.joined(separator: "\n"))
      </svg></div>
      """
  }

  private func grid(_ scale: Scale) -> String {
    scale.ticks.map { tick in
      let y = px(scale.place(tick))
      let style = tick == 0 ? "zero" : "grid"
      return """
        <line class="\(style)" x1="\(px(Self.left))" x2="\(px(Self.width - Self.right))" \
        y1="\(y)" y2="\(y)"/>\
        <text x="\(px(Self.left - 8))" y="\(px(scale.place(tick) + 4))" text-anchor="end">\
        \(Wording.short(tick))</text>
        """
    }.joined(separator: "\n")
  }

  private func line(_ values: [Double], _ scale: Scale) -> String {
    let places = values.enumerated().map { "\(px(x($0.offset))),\(px(scale.place($0.element)))" }
    guard let value = values.last, let point = points.last else { return "" }
    let zero = px(scale.place(0))
    let end = x(values.count - 1)
    let area = "\(px(x(0))),\(zero) \(places.joined(separator: " ")) \(px(end)),\(zero)"
    return """
      <polygon class="area" points="\(area)"/>
      <polyline class="curve" points="\(places.joined(separator: " "))"/>
      <circle class="dot" cx="\(px(end))" cy="\(px(scale.place(value)))" r="3.5"/>
      <text class="strong" x="\(px(end + 9))" y="\(px(scale.place(value) + 4))">\
      \(Wording.short(point.cumulative.approximate))</text>
      """
  }

  private var bars: String {
    let scale = Scale(
      points.map(\.net.approximate), from: Self.barBottom, to: Self.barTop, count: 2)
    let room = (Self.width - Self.left - Self.right) / Double(max(points.count, 1))
    let width = min(room * 0.7, 28)
    let zero = scale.place(0)
    let rects = points.enumerated().map { index, point in
      let end = scale.place(point.net.approximate)
      let style = point.net.isNegative ? "loss" : "gain"
      return """
        <rect class="\(style)" x="\(px(x(index) - width / 2))" y="\(px(min(zero, end)))" \
        width="\(px(width))" height="\(px(max(abs(zero - end), 0.5)))"><title>\
        \(Wording.shortDate(point.session)): \(Wording.gain(point.net))</title></rect>
        """
    }
    let labels = [scale.low, scale.high].filter { $0 != 0 }.map { tick in
      "<text x=\"\(px(Self.left - 8))\" y=\"\(px(scale.place(tick) + 4))\" text-anchor=\"end\">"
        + "\(Wording.short(tick))</text>"
    }
    return """
      <line class="zero" x1="\(px(Self.left))" x2="\(px(Self.width - Self.right))" \
      y1="\(px(zero))" y2="\(px(zero))"/>
      \((rects + labels).joined(separator: "\n"))
      """
  }

  /// First, last and a few between, as many as fit.
  private var dates: String {
    let step = max(1, (points.count + 7) / 8)
    return points.indices.filter { $0 % step == 0 || $0 == points.count - 1 }
      .filter { $0 == points.count - 1 || points.count - 1 - $0 >= (step + 1) / 2 }
      .map { index in
        "<text x=\"\(px(x(index)))\" y=\"284\" text-anchor=\"middle\">"
          + "\(Wording.shortDate(points[index].session))</text>"
      }.joined(separator: "\n")
  }
}
