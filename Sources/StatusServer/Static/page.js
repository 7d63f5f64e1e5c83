"use strict";
(() => {
  const $ = id => document.getElementById(id);
  const SVG = "http://www.w3.org/2000/svg";

  // Whatever comes from the database becomes text or an attribute here, never markup.
  const node = (name, attributes = {}, ...children) => {
    const isShape = ["svg", "path", "circle", "rect", "line", "polygon", "title"].includes(name);
    const made = isShape ? document.createElementNS(SVG, name) : document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) {
      if (value !== undefined && value !== null) made.setAttribute(key, value);
    }
    made.append(...children.filter(child => child !== undefined && child !== null));
    return made;
  };

  // Each level has a shape of its own: colour is never the only sign.
  const shapes = {
    ok: [["circle", { cx: 8, cy: 8, r: 7, fill: "currentColor" }], ["path", { d: "M4.6 8.3l2.3 2.3 4.5-4.9", class: "cut" }]],
    idle: [["circle", { cx: 8, cy: 8, r: 6, fill: "none", stroke: "currentColor", "stroke-width": 2 }]],
    paused: [["rect", { x: 3, y: 2, width: 3.6, height: 12, rx: 1, fill: "currentColor" }], ["rect", { x: 9.4, y: 2, width: 3.6, height: 12, rx: 1, fill: "currentColor" }]],
    degraded: [["path", { d: "M8 1.2L15.4 14.4H.6z", fill: "currentColor" }], ["path", { d: "M8 6v4M8 12v.3", class: "cut" }]],
    failing: [["rect", { x: 1, y: 1, width: 14, height: 14, rx: 3, fill: "currentColor" }], ["path", { d: "M5 5l6 6M11 5l-6 6", class: "cut" }]],
    unknown: [["path", { d: "M8 .4L15.6 8 8 15.6.4 8z", fill: "currentColor" }], ["path", { d: "M6.2 6.4a1.9 1.9 0 1 1 2.6 1.8c-.5.2-.8.5-.8 1.1M8 11.4v.2", class: "cut" }]],
  };
  const icon = level => node("svg", { viewBox: "0 0 16 16", class: "level-" + level, "aria-hidden": "true" },
    ...(shapes[level] || shapes.idle).map(([name, attributes]) => {
      const shape = node(name, attributes);
      if (attributes.class === "cut") {
        shape.setAttribute("fill", "none");
        shape.setAttribute("stroke", "var(--card)");
        shape.setAttribute("stroke-width", "1.8");
        shape.setAttribute("stroke-linecap", "round");
        shape.setAttribute("stroke-linejoin", "round");
      }
      return shape;
    }));

  let status = null;
  let receivedAt = 0;
  let zone = "UTC";

  const format = options => {
    try { return new Intl.DateTimeFormat("en-GB", { timeZone: zone, hourCycle: "h23", ...options }); }
    catch { return new Intl.DateTimeFormat("en-GB", { timeZone: "UTC", hourCycle: "h23", ...options }); }
  };
  let hhmmss, hhmm, dayName;
  const setZone = name => {
    zone = name;
    hhmmss = format({ hour: "2-digit", minute: "2-digit", second: "2-digit" });
    hhmm = format({ hour: "2-digit", minute: "2-digit" });
    dayName = format({ weekday: "short", day: "numeric", month: "short" });
    $("zone").textContent = name;
  };

  const elapsed = () => (performance.now() - receivedAt) / 1000;
  const jobNow = () => {
    if (!status || !status.clock) return Date.now();
    const base = Date.parse(status.clock.job_time);
    return base + ((status.data_age_seconds || 0) + elapsed()) * 1000 * status.clock.speed;
  };
  const serverNow = () => {
    if (!status || !status.clock) return Date.now();
    return Date.parse(status.clock.as_of) + ((status.data_age_seconds || 0) + elapsed()) * 1000;
  };

  const span = seconds => {
    const whole = Math.max(0, Math.floor(seconds));
    const [d, h, m, s] = [Math.floor(whole / 86400), Math.floor(whole / 3600) % 24, Math.floor(whole / 60) % 60, whole % 60];
    if (d) return d + "d " + h + "h";
    if (h) return h + "h " + String(m).padStart(2, "0") + "m";
    if (m) return m + "m " + String(s).padStart(2, "0") + "s";
    return s + "s";
  };
  const fine = seconds => seconds === undefined || seconds === null ? "" :
    seconds < 1 ? Math.round(seconds * 1000) + " ms" : seconds < 60 ? seconds.toFixed(seconds < 10 ? 1 : 0) + " s" : span(seconds);
  const moment = text => {
    const at = new Date(text);
    const isToday = dayName.format(at) === dayName.format(new Date(jobNow()));
    return isToday ? hhmmss.format(at) : dayName.format(at) + " " + hhmm.format(at);
  };
  const rupees = text => {
    if (text === undefined || text === null) return "unknown";
    const [whole, cents = ""] = text.replace("-", "").split(".");
    // Indian grouping, by hand: amounts are exact decimals and never become binary numbers.
    const last = whole.slice(-3), rest = whole.slice(0, -3).replace(/\B(?=(\d{2})+$)/g, ",");
    return (text.startsWith("-") ? "−" : "") + "₹" + (rest ? rest + "," : "") + last + "." + (cents + "00").slice(0, 2);
  };

  // The strip: height tells how bad, hollow that nothing ran, a low dash that it was meant not to.
  const looks = {
    succeeded: { height: 9 }, closed: { height: 2 }, superseded: { height: 3 },
    running: { height: 12 }, cancelling: { height: 12 }, ready: { height: 5 },
    skipped: { height: 4 }, paused: { height: 4 }, cancelled: { height: 7 },
    warn: { height: 15 }, held: { height: 16, hollow: true }, gated: { height: 16, hollow: true },
    expired: { height: 16, hollow: true }, missed: { height: 22, hollow: true },
    failed: { height: 24 }, unknown: { height: 24 },
  };
  const order = Object.keys(looks);
  let view = { first: 0, last: 96 };

  const strip = (trend, row) => {
    const parts = status.trends && status.trends.value;
    if (!parts) return node("span", { class: "sub" }, "");
    const width = view.last - view.first;
    const image = node("svg", { class: "strip", viewBox: "0 0 " + width * 10 + " 26", preserveAspectRatio: "none", role: "img" });
    const words = {};
    image.append(node("line", { class: "base", x1: 0, x2: width * 10, y1: 25.5, y2: 25.5 }));
    for (const cell of (trend ? trend.strip : [])) {
      const look = looks[cell.worst] || looks.succeeded;
      for (const [word, count] of Object.entries(cell.counts)) words[word] = (words[word] || 0) + count;
      const from = new Date(Date.parse(parts.span.from) + cell.bucket * parts.span.bucket_seconds * 1000);
      const told = Object.entries(cell.counts).sort((a, b) => order.indexOf(b[0]) - order.indexOf(a[0])).map(([word, count]) => count + " " + word).join(", ");
      image.append(node("rect", {
        class: "cell state-" + cell.worst + (look.hollow ? " hollow" : ""), rx: 1,
        x: (Math.min(Math.max(cell.bucket, view.first), view.last - 1) - view.first) * 10 + 1.2, width: 7.6, y: 25 - look.height, height: look.height - (look.hollow ? .6 : 0),
      }, node("title", {}, hhmm.format(from) + ": " + told)));
    }
    const at = (jobNow() - Date.parse(parts.span.from)) / 1000 / parts.span.bucket_seconds - view.first;
    if (at >= 0 && at <= width) image.append(node("line", { class: "now", x1: at * 10, x2: at * 10, y1: 0, y2: 26 }));
    const told = Object.entries(words).map(([word, count]) => count + " " + word).join(", ");
    image.setAttribute("aria-label", row.name + " today: " + (told || "nothing yet"));
    return image;
  };

  const spark = values => {
    if (!values || values.length < 2) return node("svg", { viewBox: "0 0 74 26", "aria-hidden": "true" });
    const top = Math.max(...values, .001), step = 72 / (values.length - 1);
    const points = values.map((value, i) => [1 + i * step, 24 - 21 * Math.max(0, value) / top]);
    const line = points.map(([x, y], i) => (i ? "L" : "M") + x.toFixed(1) + " " + y.toFixed(1)).join("");
    const [x, y] = points[points.length - 1];
    return node("svg", { viewBox: "0 0 74 26", role: "img", "aria-label": "lateness of the last " + values.length + " runs, at most " + fine(top) },
      node("title", {}, "last " + values.length + " runs, at most " + fine(top)),
      node("path", { class: "area", d: line + "L" + x.toFixed(1) + " 25L1 25z" }), node("path", { d: line }),
      node("circle", { cx: x, cy: y, r: 2 }));
  };

  // A runner says that it lives every few seconds; after this long its work is taken over.
  const isAlive = runner => serverNow() - Date.parse(runner.seen_at) < 20000;

  // Parts that tick: functions called each half second.
  let ticking = [];
  const ticks = (element, words) => { const tick = () => { element.textContent = words(); }; tick(); ticking.push(tick); return element; };
  const ago = text => node("span", {}, ticks(node("span"), () => span((serverNow() - Date.parse(text)) / 1000)), " ago");

  // Why a job is running or not: asked when its name is pressed, and again while it stays open.
  let asked = null, answer = null, answeredAt = -Infinity;
  const ask = async () => {
    const job = asked;
    answeredAt = performance.now();
    let told;
    try {
      const response = await fetch("/api/jobs/" + encodeURIComponent(job) + "/why");
      const body = await response.json();
      told = response.ok ? body : { sentence: body.detail || body.title, chain: [] };
    } catch {
      told = { sentence: "Muhurat does not answer.", chain: [] };
    }
    if (asked !== job) return;
    answer = told;
    drawJobs(status.jobs ? status.jobs.items : []);
  };
  const whyButton = name => {
    const button = node("button", { class: "ask", type: "button", "aria-expanded": String(asked === name), title: "Why?", "data-job": name }, name);
    button.addEventListener("click", () => {
      asked = asked === name ? null : name;
      answer = null;
      history.replaceState(null, "", asked ? "#why=" + encodeURIComponent(asked) : location.pathname);
      drawJobs(status.jobs ? status.jobs.items : []);
      if (asked) ask();
    });
    return button;
  };
  const whyRow = () => node("tr", { class: "because" }, node("td", { colspan: 5, "aria-live": "polite" },
    node("p", {}, answer ? answer.sentence : "…"),
    node("ol", {}, ...(answer ? answer.chain : []).map(link => node("li", {}, link)))));

  const jobCell = job => {
    const level = job.health.level;
    // What needs a look stands above, with its reason; a pause is nobody's trouble and is told here.
    const pause = job.pause ? "paused by " + job.pause.paused_by + " until " + moment(job.pause.paused_until) + ": " + job.pause.paused_reason : null;
    return node("td", {}, node("div", { class: "job" }, icon(level),
      node("div", {}, whyButton(job.name), node("span", { class: "word level-" + level, title: job.health.reason }, level)),
      node("div", { class: "sub", title: job.description }, job.schedule || "by hand only"),
      pause ? node("div", { class: "why level-paused" }, pause) : null));
  };

  const lastCell = job => {
    const last = job.last_run;
    if (!last) return node("td", { class: "last" }, node("span", { class: "sub" }, "has not run yet"));
    const worst = last.state === "succeeded" && last.verdict && last.verdict !== "ok" ? "warn" : last.state;
    const words = last.state + (last.verdict && last.verdict !== "ok" ? ", " + last.verdict.replace("_", " ") : "");
    const items = last.items > 1 ? " · " + last.items_well + "/" + last.items + " " + (job.for_each || "item") + "s" : "";
    const took = last.duration_seconds === undefined ? "" : " · took " + fine(last.duration_seconds);
    const end = last.finished_at || last.started_at;
    return node("td", { class: "last" },
      node("div", { class: "what state-" + worst, title: last.reason }, node("a", { href: "/api/runs/" + last.id }, words), items),
      node("div", { class: "sub" }, end ? ago(end) : "", took, last.item && last.items > 1 && worst !== "succeeded" ? " · " + last.item : "",
        job.active_runs ? " · " + job.active_runs + " running" : ""));
  };

  const lateCell = (job, trend) => {
    const values = trend ? trend.lateness_seconds : [];
    const cell = node("div", { class: "late" }, spark(values));
    if (values.length) cell.append(node("span", {}, fine(values[values.length - 1])));
    return node("td", {}, cell);
  };

  const nextCell = job => {
    const cell = node("td", { class: "next" });
    if (!job.next_slot) {
      cell.append(node("div", { class: "sub" }, job.schedule ? "none known" : "—"));
      return cell;
    }
    cell.append(ticks(node("div", { class: "count" }), () => {
      const left = (Date.parse(job.next_slot) - jobNow()) / 1000;
      return left > 0 ? span(left) : "due";
    }), node("div", { class: "sub" }, moment(job.next_slot)));
    return cell;
  };

  const chooseView = () => {
    const parts = status.trends && status.trends.value;
    if (!parts) return;
    const now = Math.ceil((jobNow() - Date.parse(parts.span.from)) / 1000 / parts.span.bucket_seconds);
    // The desk's day, 08:00 to 18:00, widened for jobs that work outside it. A single run of the night
    // is drawn at the edge instead: it would squeeze everything else.
    let first = 32, last = Math.max(72, Math.min(now + 1, parts.span.buckets));
    for (const trend of Object.values(parts.jobs)) {
      if (trend.strip.length < 3) continue;
      for (const cell of trend.strip) { first = Math.min(first, cell.bucket); last = Math.max(last, cell.bucket + 1); }
    }
    view = { first: Math.floor(first / 4) * 4, last: Math.min(Math.ceil(last / 4) * 4, parts.span.buckets) };
    const axis = $("axis"), every = view.last - view.first > 64 ? 16 : 8;
    axis.replaceChildren();
    for (let bucket = Math.ceil(view.first / every) * every; bucket < view.last; bucket += every) {
      const mark = node("i", {}, hhmm.format(new Date(Date.parse(parts.span.from) + bucket * parts.span.bucket_seconds * 1000)));
      mark.style.left = Math.min(Math.max((bucket - view.first) / (view.last - view.first) * 100, 3), 97) + "%";
      axis.append(mark);
    }
    $("axis-note").textContent = dayName.format(new Date(jobNow()));
  };

  const tile = (label, value, note, level) => {
    const shown = node("div", { class: "value" + (level ? " level-" + level : "") });
    if (typeof value === "function") ticks(shown, value); else shown.textContent = value;
    return node("div", { class: "tile" }, node("div", { class: "label" }, label), shown, node("div", { class: "note", title: note }, note));
  };

  const drawTiles = jobs => {
    const counts = status.jobs ? status.jobs.by_level : {};
    const total = status.jobs ? status.jobs.total : 0;
    const ill = ["degraded", "failing", "unknown"].filter(level => counts[level]);
    const worst = ill.length ? ill[ill.length - 1] : "ok";
    const well = (counts.ok || 0) + (counts.idle || 0) + (counts.paused || 0);
    const said = Object.entries(counts).filter(([level]) => level !== "ok").map(([level, count]) => count + " " + level).join(", ");
    const active = jobs.reduce((sum, job) => sum + job.active_runs, 0), ready = jobs.reduce((sum, job) => sum + job.ready_runs, 0);
    const coming = jobs.filter(job => job.next_slot && job.health.level !== "paused").sort((a, b) => Date.parse(a.next_slot) - Date.parse(b.next_slot))[0];
    const alive = status.runners ? status.runners.value.filter(isAlive).length : 0;
    const lost = status.database.is_up ? null : status.database.lost_at;
    $("tiles").replaceChildren(
      tile("Jobs well", total ? well + " of " + total : "none", said || (total ? "every one" : "nothing is loaded"), total ? worst : "idle"),
      tile("Running now", String(active), ready ? ready + " waiting" : "nothing waits"),
      coming ? tile("Next slot", () => { const left = (Date.parse(coming.next_slot) - jobNow()) / 1000; return left > 0 ? span(left) : "due"; }, coming.name)
        : tile("Next slot", "none", "no schedule has one"),
      tile("Database", status.database.is_up ? "up" : "down", lost ? "since " + moment(lost) : "answers", status.database.is_up ? "ok" : "failing"),
      tile("Runners", String(alive), alive === 1 ? "process seen alive" : "processes seen alive", alive ? undefined : "failing"));
  };

  const drawAlarms = () => {
    const alarms = status.alarms ? status.alarms.standing : [];
    $("alarms").hidden = alarms.length === 0;
    $("alarms-head").textContent = alarms.length > 1 ? alarms.length + " alarms" : "Alarm";
    $("alarm-list").replaceChildren(...alarms.slice(0, 20).map(alarm => {
      const level = { critical: "failing", warning: "degraded" }[alarm.severity] || "idle";
      const said = alarm.said_at ? "said at " + moment(alarm.said_at) : "not said";
      return node("li", { class: "level-" + level, title: alarm.cause }, icon(level), node("b", {}, alarm.sentence),
        node("span", { class: "since" }, alarm.severity + ", stands ", ticks(node("span", { class: "digits" }), () => span((serverNow() - Date.parse(alarm.since)) / 1000)), ", " + said),
        node("span", { class: "step" }, "What to do: " + alarm.next_step));
    }));
  };

  const drawTrouble = jobs => {
    const list = [];
    // What has an alarm is told above.
    const alarms = status.alarms ? status.alarms.standing : [];
    const told = new Set(alarms.flatMap(alarm => [alarm.job, alarm.kind === "loop" || alarm.kind === "database" ? alarm.cause.split("/").slice(0, 2).join("/") : null]));
    const add = (level, name, words) => list.push([level, node("li", { class: "level-" + level }, icon(level), node("b", {}, name), node("span", {}, words))]);
    if (!status.database.is_up && !told.has("database")) add("failing", "database", status.database.error || "it cannot be reached");
    for (const loop of status.runner.loops) {
      if (!loop.is_alive && !told.has("loop/" + loop.name)) add("failing", "loop " + loop.name, "has not moved for " + span(loop.moved_seconds_ago) + ", limit " + span(loop.limit_seconds));
    }
    if (status.runner.reload_refused) add("degraded", "reload", "refused, the plan before it is in force: " + status.runner.reload_refused);
    for (const job of jobs) {
      if (["degraded", "failing", "unknown"].includes(job.health.level) && !told.has(job.name)) add(job.health.level, job.name, job.health.reason);
    }
    const rank = { unknown: 0, failing: 1, degraded: 2 };
    list.sort((a, b) => rank[a[0]] - rank[b[0]]);
    $("trouble").hidden = list.length === 0;
    $("trouble-list").replaceChildren(...list.slice(0, 20).map(([, item]) => item));
  };

  // A value is as old as the oldest of its prices.
  const prices = account => {
    const missing = account.unpriced ? account.unpriced + " without price" : null;
    if (!account.oldest_price_at) return missing ? node("div", { class: "sub" }, missing) : null;
    return node("div", { class: "sub" }, missing ? missing + ", " : null,
      ticks(node("span", {}), () => "prices " + span((jobNow() - Date.parse(account.oldest_price_at)) / 1000) + " old"));
  };

  const drawAccounts = () => {
    const accounts = status.accounts ? status.accounts.value : [];
    $("accounts").hidden = accounts.length === 0;
    $("account-rows").replaceChildren(...accounts.map(account => {
      const profit = account.unrealised_profit;
      const sign = account.sign_in;
      const books = account.seen_at ? node("td", {}, ticks(node("span", { class: "digits" }), () => span((jobNow() - Date.parse(account.seen_at)) / 1000) + " old"),
        account.unconfirmed ? node("span", { class: "state-warn" }, " · " + account.unconfirmed + " not in our ledger") : null) : node("td", { class: "state-warn" }, "never synced");
      return node("tr", {},
        node("td", {}, node("b", {}, account.name), node("div", { class: "sub" }, account.account + " · " + account.mode)),
        node("td", {}, sign ? node("span", { class: sign.is_signed_in ? "state-succeeded" : "state-warn", title: sign.reason }, sign.is_signed_in ? "yes" + (sign.until ? ", until " + moment(sign.until) : "") : "no: " + (sign.reason || "")) : "—"),
        node("td", { class: "num" }, String(account.open_positions)),
        node("td", { class: "num" }, rupees(account.market_value), prices(account)),
        node("td", { class: "num" + (profit ? profit.startsWith("-") ? " loss" : " gain" : "") }, profit && !profit.startsWith("-") && profit !== "0" ? "+" + rupees(profit) : rupees(profit)),
        books);
    }));
  };

  const drawEngine = () => {
    const pill = (isWell, ...words) => node("li", {}, icon(isWell ? "ok" : "failing"), node("span", {}, ...words));
    $("loops").replaceChildren(...status.runner.loops.map(loop => pill(loop.is_alive, loop.name, " ", fine(loop.moved_seconds_ago))));
    const senses = [], runner = status.runner;
    if (runner.clock_suspicion) senses.push(pill(false, runner.clock_suspicion));
    else if (runner.clock_skew_milliseconds !== undefined) senses.push(pill(true, "clocks agree to " + fine(Math.abs(runner.clock_skew_milliseconds) / 1000)));
    for (const event of (runner.clock_events || []).slice(0, 3)) senses.push(pill(false, moment(event.at) + " " + event.sentence));
    const feed = status.feed;
    if (feed) senses.push(pill(feed.is_well, "feed: " + (feed.complaint || feed.idle_because || feed.instruments + " instruments" + (feed.written_at ? ", last written " + moment(feed.written_at) : "")),
      feed.counts.losses ? " · lost " + feed.counts.losses + "×" : "", feed.counts.unknown ? " · " + feed.counts.unknown + " not understood" : ""));
    const alarms = status.alarms;
    for (const channel of alarms ? alarms.channels : []) {
      senses.push(channel.failing_since ? pill(false, "alarms by " + channel.name + " fail since " + moment(channel.failing_since) + ": " + channel.error)
        : pill(true, "alarms by " + channel.name + (channel.sent_at ? ", last " + moment(channel.sent_at) : "")));
    }
    if (alarms && !alarms.channels.length) senses.push(node("li", {}, icon("idle"), node("span", {}, "alarms are shown here only: no mail or webhook is configured")));
    const beat = alarms && alarms.heartbeat;
    if (beat) senses.push(beat.withheld ? pill(false, "heartbeat withheld: " + beat.withheld) : beat.error ? pill(false, "heartbeat fails since " + moment(beat.failing_since) + ": " + beat.error)
      : pill(true, "heartbeat" + (beat.pinged_at ? ", last " + moment(beat.pinged_at) : "")));
    $("senses").replaceChildren(...senses);
    $("processes").replaceChildren(...(status.runners ? status.runners.value : []).slice(0, 12).map(runner =>
      pill(isAlive(runner), runner.kind + " " + runner.identity + ", seen ", ago(runner.seen_at))));
  };

  const drawJobs = jobs => {
    const sought = $("find").value.trim().toLowerCase();
    const shown = jobs.filter(job => !sought || (job.name + " " + (job.description || "") + " " + (job.tags || []).join(" ")).toLowerCase().includes(sought));
    const trends = status.trends ? status.trends.value.jobs : {};
    const rows = shown.flatMap(job => {
      const row = node("tr", {}, jobCell(job), lastCell(job), lateCell(job, trends[job.name]),
        node("td", {}, strip(trends[job.name], job)), nextCell(job));
      return job.name === asked ? [row, whyRow()] : [row];
    });
    const focused = document.activeElement && document.activeElement.dataset.job;
    $("rows").replaceChildren(...rows);
    if (focused) for (const button of $("rows").querySelectorAll("button.ask")) if (button.dataset.job === focused) button.focus();
    $("empty").hidden = shown.length > 0;
    $("empty").textContent = jobs.length ? "No job matches." : status.jobs ? "No jobs are loaded yet." : "Nothing is known yet.";
  };

  const draw = () => {
    ticking = [];
    const jobs = status.jobs ? status.jobs.items : [];
    if (status.zone !== zone) setZone(status.zone);
    $("verdict").className = "verdict level-" + status.level;
    $("verdict-icon").replaceChildren(icon(status.level));
    $("verdict-text").textContent = status.summary;
    document.title = (status.level === "ok" ? "" : "● ") + "Muhurat: " + status.summary;
    chooseView();
    drawTiles(jobs);
    drawAlarms();
    drawTrouble(jobs);
    drawJobs(jobs);
    drawAccounts();
    drawEngine();
    tick();
  };

  const tick = () => {
    for (const each of ticking) each();
    if (!status) return;
    const now = new Date(jobNow());
    $("clock").textContent = hhmmss.format(now);
    $("clock").setAttribute("datetime", now.toISOString());
    const shifted = status.clock && status.clock.is_shifted;
    $("clock-note").textContent = dayName.format(now) + (shifted ? ", rehearsal" + (status.clock.speed !== 1 ? " ×" + status.clock.speed : "") : "");
    const age = status.data_age_seconds === undefined ? null : status.data_age_seconds + elapsed();
    const isStale = age === null || age > 15, isSilent = elapsed() > 12;
    $("age").textContent = age === null ? "no data yet" : age < 60 ? "data " + age.toFixed(0) + " s old" : "data " + span(age) + " old";
    $("age").classList.toggle("late", isStale || isSilent);
    document.body.classList.toggle("stale", isStale || isSilent);
    const banner = isSilent ? "Muhurat does not answer; what you see is " + span(age || elapsed()) + " old."
      : !status.database.is_up ? "The database cannot be reached" + (age === null ? "." : "; what you see is " + span(age) + " old.") : "";
    $("banner").hidden = !banner;
    if ($("banner").textContent !== banner) $("banner").textContent = banner;
  };

  const take = json => {
    status = JSON.parse(json);
    receivedAt = performance.now();
    draw();
    if (asked && performance.now() - answeredAt > 5000) ask();
  };

  $("legend").replaceChildren(...["succeeded", "warn", "failed", "missed", "gated", "skipped", "unknown"].map(word => {
    const look = looks[word];
    const height = Math.max(3, look.height * 14 / 24);
    return node("li", {}, node("svg", { viewBox: "0 0 8 16", "aria-hidden": "true" },
      node("rect", { class: "cell state-" + word + (look.hollow ? " hollow" : ""), x: 1, width: 6, rx: 1, y: 15 - height, height })), word);
  }));
  $("find").addEventListener("input", () => { if (status) draw(); });
  setZone("UTC");
  if (location.hash.startsWith("#why=")) asked = decodeURIComponent(location.hash.slice(5));
  take($("snapshot").textContent);
  setInterval(tick, 500);
  // The browser connects again by itself, unless the server refuses; then we do.
  const listen = () => {
    const source = new EventSource("/events");
    source.addEventListener("status", event => take(event.data));
    source.addEventListener("error", () => {
      if (source.readyState === EventSource.CLOSED) setTimeout(listen, 3000);
    });
  };
  listen();
})();
