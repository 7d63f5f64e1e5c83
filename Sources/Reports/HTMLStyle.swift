/// The page's look. Colours carry meaning only together with a sign or a word.
enum HTMLStyle {
  static let text = """
    :root {
      --page: #f5f5f2; --card: #ffffff; --ink: #1b1f24; --soft: #5d6670; --line: #e2e3de;
      --up: #0a7a5c; --down: #b93427; --late: #b57614; --skip: #9aa2ab; --accent: #2f5f9e;
      --good: #e2f2ea; --goodink: #075c45; --bad: #fbe6e2; --badink: #8f2318;
      --notebg: #fdf1d8; --noteink: #7a4d08; --unknown: #e8eaee; --unknownink: #3d4650;
    }
    @media (prefers-color-scheme: dark) {
      :root {
        --page: #14171a; --card: #1c2024; --ink: #e7e9ea; --soft: #9aa4ad; --line: #30363c;
        --up: #46c79b; --down: #ff8474; --late: #e0a94b; --skip: #6d7680; --accent: #7fb0ef;
        --good: #14382c; --goodink: #8ee2c1; --bad: #43201b; --badink: #ffb4a8;
        --notebg: #3a2d12; --noteink: #f2cf8c; --unknown: #2a3036; --unknownink: #c5ccd3;
      }
    }
    * { box-sizing: border-box; }
    body { margin: 0; background: var(--page); color: var(--ink);
      font: 15px/1.5 system-ui, -apple-system, "Segoe UI", "Noto Sans", sans-serif; }
    main { max-width: 1040px; margin: 0 auto; padding: 32px 20px 56px; }
    header { margin-bottom: 20px; }
    .kicker { margin: 0; color: var(--soft); letter-spacing: .02em; }
    .mode { margin-left: 8px; padding: 1px 9px; border: 1px solid var(--line); border-radius: 99px;
      font-size: 12px; }
    h1 { margin: 2px 0 14px; font-size: 30px; line-height: 1.15; letter-spacing: -.01em; }
    h2 { margin: 0 0 10px; font-size: 17px; }
    .verdict { display: inline-block; margin: 0; padding: 8px 16px; border-radius: 8px;
      font-weight: 650; }
    .verdict.good { background: var(--good); color: var(--goodink); }
    .verdict.note { background: var(--notebg); color: var(--noteink); }
    .verdict.bad { background: var(--bad); color: var(--badink); }
    .verdict.unknown { background: var(--unknown); color: var(--unknownink); }
    .tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(168px, 1fr)); gap: 12px;
      margin-bottom: 16px; }
    .tile, section { background: var(--card); border: 1px solid var(--line); border-radius: 12px; }
    .tile { padding: 12px 16px; }
    .tile span, .tile small { display: block; color: var(--soft); font-size: 13px; }
    .tile strong { display: block; font-size: 21px; font-weight: 650; letter-spacing: -.01em;
      font-variant-numeric: tabular-nums; white-space: nowrap; }
    section { padding: 18px 20px; margin-bottom: 16px; }
    section.missing { border-left: 4px solid var(--late); }
    .note { margin: -6px 0 12px; color: var(--soft); font-size: 13px; }
    .none { color: var(--soft); }
    ul { margin: 0; padding-left: 20px; }
    .scroll { overflow-x: auto; }
    .scroll + .scroll { margin-top: 20px; }
    .scroll svg.wide { min-width: 680px; }
    table { width: 100%; border-collapse: collapse; font-size: 14px; }
    th { color: var(--soft); font-weight: 550; font-size: 12.5px; text-align: left;
      white-space: nowrap; vertical-align: bottom; }
    th, td { padding: 7px 12px 7px 0; border-bottom: 1px solid var(--line); }
    th:last-child, td:last-child { padding-right: 0; }
    tbody tr:last-child td { border-bottom: 0; }
    tfoot td { border-top: 2px solid var(--line); border-bottom: 0; font-weight: 650; }
    .n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
    .name { white-space: nowrap; }
    td small { color: var(--soft); }
    .up { color: var(--up); } .down { color: var(--down); }
    .badge { padding: 1px 9px; border-radius: 99px; font-size: 12.5px; white-space: nowrap;
      background: var(--unknown); color: var(--unknownink); }
    .badge.critical, .badge.failed { background: var(--bad); color: var(--badink); }
    .badge.high, .badge.medium, .badge.late { background: var(--notebg); color: var(--noteink); }
    .charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(340px, 1fr)); gap: 24px;
      margin-top: 18px; }
    figure { margin: 0; min-width: 0; }
    figcaption { color: var(--soft); font-size: 13px; margin-bottom: 6px; }
    dl { display: grid; grid-template-columns: repeat(auto-fit, minmax(230px, 1fr)); gap: 12px 24px;
      margin: 0; }
    dt { color: var(--soft); font-size: 13px; } dd { margin: 0; font-weight: 550; }
    .next { margin: 0 0 6px; font-weight: 600; }
    svg { display: block; width: 100%; height: auto; }
    svg text { font: 11px system-ui, -apple-system, "Segoe UI", "Noto Sans", sans-serif;
      fill: var(--soft); font-variant-numeric: tabular-nums; }
    svg .strong { fill: var(--ink); font-weight: 600; }
    svg .grid { stroke: var(--line); stroke-width: 1; }
    svg .zero { stroke: var(--soft); stroke-width: 1; }
    svg .curve { fill: none; stroke: var(--accent); stroke-width: 2; stroke-linejoin: round; }
    svg .area { fill: var(--accent); opacity: .12; }
    svg .dot { fill: var(--accent); }
    svg .gain { fill: var(--up); } svg .loss { fill: var(--down); }
    svg .m-ontime { fill: var(--up); opacity: .55; } svg .m-late { fill: var(--late); }
    svg .m-failed { fill: var(--down); } svg .m-skipped { fill: var(--skip); }
    @media print { body { background: none; } section, .tile { break-inside: avoid; } }
    """
}
