/// Columns that line up. Numbers to the right.
struct TextTable {
  enum Column {
    case left(String)
    case right(String)
  }

  private let columns: [Column]
  private var rows: [[String]] = []

  init(_ columns: [Column]) {
    self.columns = columns
  }

  var isEmpty: Bool { rows.isEmpty }

  mutating func add(_ row: [String]) {
    rows.append(row)
  }

  var lines: [String] {
    let titles = columns.map { column in
      switch column {
      case .left(let title), .right(let title): title
      }
    }
    let all = [titles] + rows
    let widths = titles.indices.map { place in all.map { $0[place].count }.max() ?? 0 }
    return all.map { row in
      let cells = zip(zip(row, widths), columns).map { cell, column in
        let padding = String(repeating: " ", count: cell.1 - cell.0.count)
        switch column {
        case .left: return cell.0 + padding
        case .right: return padding + cell.0
        }
      }
      var line = cells.joined(separator: "  ")
      while line.last == " " { line.removeLast() }
      return line
    }
  }
}
