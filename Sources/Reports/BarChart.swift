import Desk

/// Amounts side by side, losses to the left of zero and gains to the right.
struct BarChart {
  struct Bar {
    let label: String
    let value: Money
  }

  private static let width = 500.0
  private static let rowHeight = 24.0
  private static let most = 12
  private let bars: [Bar]

  /// The largest amounts; what does not fit is summed in one last bar, so that nothing is hidden.
  init(_ bars: [Bar]) {
    let ranked = bars.sorted { left, right in
      let sizes = (left.value.magnitude, right.value.magnitude)
      return sizes.0 != sizes.1 ? sizes.0 > sizes.1 : left.label < right.label
    }
    let shown = ranked.count > Self.most ? Array(ranked.prefix(Self.most - 1)) : ranked
    let rest = ranked.dropFirst(shown.count)
    let sorted = shown.sorted { left, right in
      left.value != right.value ? left.value > right.value : left.label < right.label
    }
    self.bars =
      rest.isEmpty
      ? sorted : sorted + [Bar(label: "\(rest.count) others", value: rest.map(\.value).total())]
  }

  var svg: String {
    let height = Double(bars.count) * Self.rowHeight + 4
    let values = bars.map(\.value.approximate)
    let labelWidth = 166.0
    let valueWidth = 92.0
    let left = labelWidth + (values.contains { $0 < 0 } ? valueWidth : 8)
    let right = Self.width - (values.contains { $0 > 0 } ? valueWidth : 8)
    let least = min(values.min() ?? 0, 0)
    let most = max(values.max() ?? 0, 0)
    let unit = most > least ? (right - left) / (most - least) : 0
    let zero = left - least * unit
    let rows = bars.enumerated().map { index, bar in
      row(bar, y: Double(index) * Self.rowHeight + 2, zero: zero, unit: unit)
    }
    return """
      <svg viewBox="0 0 500 \(px(height))" role="img" aria-label="Bars of net results">
      \(rows.joined(separator: "\n"))
      <line class="zero" x1="\(px(zero))" x2="\(px(zero))" y1="0" y2="\(px(height))"/>
      </svg>
      """
  }

  private func row(_ bar: Bar, y: Double, zero: Double, unit: Double) -> String {
    let length = bar.value.approximate * unit
    let isLoss = bar.value.isNegative
    let end = zero + length
    let text = HTMLText.escaped(Wording.gain(bar.value))
    let name = bar.label.count > 28 ? bar.label.prefix(27) + "…" : bar.label[...]
    return """
      <text x="0" y="\(px(y + 15))">\(HTMLText.escaped(String(name)))</text>\
      <rect class="\(isLoss ? "loss" : "gain")" x="\(px(min(zero, end)))" y="\(px(y + 3))" \
      width="\(px(max(abs(length), 0.5)))" height="16" rx="2"/>\
      <text class="strong" x="\(px(isLoss ? end - 6 : end + 6))" y="\(px(y + 15))" \
      text-anchor="\(isLoss ? "end" : "start")">\(text)</text>
      """
  }
}
