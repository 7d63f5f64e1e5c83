import Desk
import FoundationEssentials
import HTTPClient
import Testing
import TradingTime

@testable import Reports

@Suite(.timeLimit(.minutes(10))) struct `Delivering a report` {
  private func temporaryFolder() throws -> URL {
    let folder = FileManager.default.temporaryDirectory.appending(path: "reports-\(UUID())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    return folder
  }

  @Test func `a folder per session holds the four forms and nothing else`() throws {
    let folder = try temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let report = Report.render(Sample.input(history: 2))
    let delivery = FileDelivery(folder: folder.path + "/reports")
    for _ in 1...2 { try delivery.deliver(report, session: Sample.session) }
    let place = folder.appending(path: "reports/2026-11-20")
    let names = try FileManager.default.contentsOfDirectory(atPath: place.path).sorted()
    #expect(names == ["report.csv", "report.html", "report.json", "report.txt"])
    let texts = try names.map { name in
      String(decoding: try Data(contentsOf: place.appending(path: name)), as: UTF8.self)
    }
    #expect(texts == [report.csv, report.html, report.json, report.text])
  }

  @Test func `a line of the moment stands at the end of a mail and leaves the report as it is`()
    throws
  {
    let report = Report.render(Sample.input(history: 2))
    let mail = report.ending(with: "row 42 & its hash")
    #expect(mail.text == report.text + "\nrow 42 & its hash\n")
    #expect(
      mail.html
        == report.html.replacing("</body>", with: "<p>row 42 &amp; its hash</p></body>"))
    #expect(mail.csv == report.csv && mail.json == report.json && mail.verdict == report.verdict)
  }

  @Test func `a place that cannot be written is named`() throws {
    let folder = try temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = folder.appending(path: "taken")
    try Data().write(to: file)
    let error = #expect(throws: FileDeliveryError.self) {
      try FileDelivery(folder: file.path).deliver(
        Report.render(Sample.input(history: 1)), session: Sample.session)
    }
    #expect(
      error?.description
        == "report not written: \(file.path)/2026-11-20: Not a directory")
  }

  @Test func `a mail carries the verdict, the page and four attachments`() throws {
    let report = Report.render(Sample.input(history: 1))
    let delivery = MailDelivery(
      MailRoute(
        mailer: Mailer(MailServer(url: "smtp://localhost:25"), client: WebClient()),
        from: try MailAddress("Desk <desk@example.in>"), to: [try MailAddress("ops@example.in")],
        host: "desk.example.in"))
    let mail = delivery.mail(
      report, session: Sample.session, version: 2, sentAt: Sample.at(16, 30))
    #expect(mail.subject == "BREAKS 1 (1 critical): end of day 2026-11-20 (version 2)")
    #expect(mail.messageID == "report.2026-11-20.2@desk.example.in")
    #expect(mail.text == report.text && mail.html == report.html)
    #expect(
      mail.attachments.map(\.name) == [
        "report-2026-11-20.txt", "report-2026-11-20.html", "report-2026-11-20.csv",
        "report-2026-11-20.json",
      ])
    #expect(mail.attachments.last?.bytes == Array(report.json.utf8))
    #expect(mail.sentAtSecondsSinceEpoch == 1_795_172_400)
  }
}
