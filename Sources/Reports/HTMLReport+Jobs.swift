import TradingTime

/// How the day's jobs went.
extension HTMLReport {
  var jobs: String {
    guard !input.jobs.jobs.isEmpty else { return "" }
    let strip = JobStrip(input.jobs.jobs, zone: input.zone).svg
    let titles: [Cell] = [
      .text("Job"), .number("Runs"), .number("On time"), .number("Late"), .number("Failed"),
      .number("Skipped"), .number("Worst lateness"),
    ]
    let rows = input.jobs.jobs.map { job in
      [
        Cell.word(job.name), .number(String(job.marks.count)), .number(String(job.count(.onTime))),
        .number(String(job.count(.late))), .number(String(job.count(.failed))),
        .number(String(job.count(.skipped))),
        .number(job.worstLateness.map(Wording.span) ?? Wording.missing),
      ]
    }
    return section("Jobs", strip + "\n" + HTMLText.table(titles, rows) + troubles)
  }

  private var troubles: String {
    let rows = input.jobs.troubles.map { job, trouble in
      [
        Cell.text(Wording.time(trouble.at, input.zone)),
        .word(job + (trouble.item.map { "/\($0)" } ?? "")),
        .badge(trouble.ending.rawValue, trouble.ending.rawValue), .text(trouble.reason),
      ]
    }
    guard !rows.isEmpty else { return "" }
    return "\n"
      + HTMLText.table([.text("Time"), .text("Job"), .text("Ending"), .text("Reason")], rows)
  }
}
