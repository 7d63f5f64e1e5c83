/// HTML made of pieces that are safe by construction: text goes in only through `escaped`.
enum HTMLText {
  static func escaped(_ text: String) -> String {
    var safe = ""
    for character in text {
      switch character {
      case "&": safe += "&amp;"
      case "<": safe += "&lt;"
      case ">": safe += "&gt;"
      case "\"": safe += "&quot;"
      case "'": safe += "&#39;"
      default: safe.append(character)
      }
    }
    return safe
  }

  /// A table in a box that scrolls sideways on a small screen. Cells are already safe.
  static func table(_ titles: [Cell], _ rows: [[Cell]], footer: [Cell]? = nil) -> String {
    let head = titles.map { "<th\($0.attributes)>\($0.html)</th>" }.joined()
    let body = rows.map { row in
      "<tr>" + row.map { "<td\($0.attributes)>\($0.html)</td>" }.joined() + "</tr>"
    }.joined(separator: "\n")
    let foot = footer.map { row in
      "<tfoot><tr>" + row.map { "<td\($0.attributes)>\($0.html)</td>" }.joined() + "</tr></tfoot>"
    }
    return """
      <div class="scroll"><table>
      <thead><tr>\(head)</tr></thead>
      <tbody>
      \(body)
      </tbody>\(foot ?? "")
      </table></div>
      """
  }

  struct Cell {
    let html: String
    let attributes: String

    private init(html: String, attributes: String) {
      self.html = html
      self.attributes = attributes
    }

    static func text(_ text: String) -> Cell { Cell(html: escaped(text), attributes: "") }

    /// What is missing or nothing stands back, so that the rest stands out.
    static func number(_ text: String) -> Cell {
      let isQuiet = text == Wording.missing || text == "0" || text == "₹0.00"
      return Cell(html: escaped(text), attributes: isQuiet ? " class=\"n none\"" : " class=\"n\"")
    }

    /// Coloured by its sign, which the text shows as well.
    static func gain(_ text: String) -> Cell {
      let colour = text.hasPrefix("+") ? " up" : text.hasPrefix("-") ? " down" : ""
      let none = text == Wording.missing || text == "₹0.00" ? " none" : ""
      return Cell(html: escaped(text), attributes: " class=\"n\(colour)\(none)\"")
    }

    static func named(_ name: String, _ detail: String) -> Cell {
      Cell(
        html: "\(escaped(name)) <small>\(escaped(detail))</small>", attributes: " class=\"name\"")
    }

    static func word(_ text: String) -> Cell {
      Cell(html: escaped(text), attributes: " class=\"name\"")
    }

    static func badge(_ text: String, _ kind: String) -> Cell {
      Cell(html: "<span class=\"badge \(escaped(kind))\">\(escaped(text))</span>", attributes: "")
    }
  }
}
