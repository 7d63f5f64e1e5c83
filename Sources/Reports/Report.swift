/// The end-of-day report of one session, in four forms with the same numbers.
package struct RenderedReport: Hashable, Sendable {
  /// The first line: CLEAN, EXPLAINED n, BREAKS n (…) or NOT COMPARABLE: ….
  package let verdict: String
  package let text: String
  /// One self-contained page.
  package let html: String
  package let csv: String
  package let json: String

  /// The same for a mail, with a line of the moment at its end, which is no part of what is kept and
  /// compared with the version before.
  package func ending(with line: String) -> RenderedReport {
    RenderedReport(
      verdict: verdict, text: "\(text)\n\(line)\n",
      html: html.replacing(
        "</body>", with: "<p>\(HTMLText.escaped(line))</p></body>", maxReplacements: 1),
      csv: csv, json: json)
  }
}

package enum Report {
  /// Pure: equal inputs give equal bytes, so equal reports have equal digests.
  package static func render(_ input: ReportInput) -> RenderedReport {
    let figures = ReportFigures(input)
    return RenderedReport(
      verdict: figures.verdictLine, text: TextReport(figures).render(),
      html: HTMLReport(figures).render(), csv: CSVReport(figures).render(),
      json: JSONReport(figures).render())
  }
}
