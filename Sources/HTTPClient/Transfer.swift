import CCurl
import Threads

/// One transfer, the engine's own: the easy handle with its callbacks, and what came back so far.
final class Transfer {
  let errand: Errand
  let easy: UnsafeMutableRawPointer
  let number: Int
  var continuation: CheckedContinuation<Ending, Never>?
  private var lists: [UnsafeMutablePointer<curl_slist>] = []
  private var uploaded = 0
  private var lines: [String] = []
  private var lineBytes = 0
  private var body: [UInt8] = []
  private var overran = false
  private var cameTooLate = false

  init(_ errand: Errand, _ easy: UnsafeMutableRawPointer, number: Int) {
    self.errand = errand
    self.easy = easy
    self.number = number
  }

  func prepare() -> CURLcode {
    for setting in errand.settings {
      let code = apply(setting)
      guard code == CURLE_OK else { return code }
    }
    // The engine keeps this object until the handle has left libcurl, so an unretained pointer is
    // enough.
    let context = Unmanaged.passUnretained(self).toOpaque()
    var codes = [
      ccurl_set_function(easy, CURLOPT_WRITEFUNCTION, bodySink),
      ccurl_set_pointer(easy, CURLOPT_WRITEDATA, context),
      ccurl_set_function(easy, CURLOPT_HEADERFUNCTION, lineSink),
      ccurl_set_pointer(easy, CURLOPT_HEADERDATA, context),
    ]
    if errand.startsBefore != .never { codes.append(ccurl_set_gate(easy, gate, context)) }
    if let upload = errand.upload {
      codes += [
        ccurl_set_long(easy, CURLOPT_UPLOAD, 1),
        ccurl_set_size(easy, CURLOPT_INFILESIZE_LARGE, upload.count),
        ccurl_set_function(easy, CURLOPT_READFUNCTION, uploadSource),
        ccurl_set_pointer(easy, CURLOPT_READDATA, context),
      ]
    }
    return codes.first { $0 != CURLE_OK } ?? CURLE_OK
  }

  private func apply(_ setting: Errand.Setting) -> CURLcode {
    switch setting {
    case .number(let option, let value): return ccurl_set_long(easy, option, value)
    case .text(let option, let value): return ccurl_set_text(easy, option, value)
    case .list(let option, let values):
      var list: UnsafeMutablePointer<curl_slist>?
      for value in values {
        guard let longer = curl_slist_append(list, value) else {
          curl_slist_free_all(list)
          return CURLE_OUT_OF_MEMORY
        }
        list = longer
      }
      if let list { lists.append(list) }
      return ccurl_set_list(easy, option, list)
    }
  }

  func outcome(_ code: CURLcode) -> Outcome {
    func span(_ fact: CURLINFO) -> Duration { .microseconds(ccurl_size(easy, fact)) }
    return Outcome(
      code: code, status: ccurl_long(easy, CURLINFO_RESPONSE_CODE), lines: lines, body: body,
      answerOverran: overran,
      systemError: Int32(truncatingIfNeeded: ccurl_long(easy, CURLINFO_OS_ERRNO)),
      proxyStatus: ccurl_long(easy, CURLINFO_HTTP_CONNECTCODE), cameTooLate: cameTooLate,
      reachedSending: reachedSending,
      timings: WebTimings(
        connected: span(CURLINFO_CONNECT_TIME_T), firstByte: span(CURLINFO_STARTTRANSFER_TIME_T),
        total: span(CURLINFO_TOTAL_TIME_T),
        openedConnection: ccurl_long(easy, CURLINFO_NUM_CONNECTS) > 0))
  }

  private var reachedSending: Bool {
    if cameTooLate { return false }
    if ccurl_size(easy, CURLINFO_PRETRANSFER_TIME_T) > 0 { return true }
    // What a proxy was asked counts as sent too; without TLS behind it that was all.
    let isOnlyTheProxys =
      errand.isTunnelled && ccurl_long(easy, CURLINFO_NUM_CONNECTS) > 0
      && ccurl_size(easy, CURLINFO_APPCONNECT_TIME_T) == 0
    return ccurl_long(easy, CURLINFO_REQUEST_SIZE) > 0 && !isOnlyTheProxys
  }

  func release() {
    for list in lists { curl_slist_free_all(list) }
    lists = []
  }

  // MARK: what libcurl calls

  /// Asked when the connection is there and nothing is sent.
  fileprivate func mayBegin() -> Bool {
    cameTooLate = errand.startsBefore.hasPassed
    return !cameTooLate
  }

  fileprivate func takeBody(_ bytes: UnsafeRawBufferPointer) -> Int {
    guard bytes.count <= errand.answerLimit - body.count else {
      overran = true
      return 0
    }
    body.append(contentsOf: bytes)
    return bytes.count
  }

  fileprivate func takeLine(_ bytes: UnsafeRawBufferPointer) -> Int {
    lineBytes += bytes.count
    guard lineBytes <= 256 << 10 else { return 0 }
    var text = String(decoding: bytes, as: UTF8.self)
    while text.last?.isNewline == true { text.removeLast() }
    // A final answer follows an interim one (100); its headers are the ones that count.
    if text.hasPrefix("HTTP/") { lines = [] } else if !text.isEmpty { lines.append(text) }
    return bytes.count
  }

  fileprivate func giveUpload(_ room: UnsafeMutableRawBufferPointer) -> Int {
    guard let upload = errand.upload else { return 0 }
    let count = min(room.count, upload.count - uploaded)
    room.copyBytes(from: upload[uploaded..<uploaded + count])
    uploaded += count
    return count
  }
}

private let bodySink: ccurl_sink = { bytes, size, count, context in
  guard let context else { return 0 }
  let transfer = Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
  return transfer.takeBody(UnsafeRawBufferPointer(start: bytes, count: size * count))
}

private let gate: curl_prereq_callback = { context, _, _, _, _ in
  guard let context else { return Int32(CURL_PREREQFUNC_ABORT) }
  let transfer = Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
  return Int32(transfer.mayBegin() ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT)
}

private let lineSink: ccurl_sink = { bytes, size, count, context in
  guard let context else { return 0 }
  let transfer = Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
  return transfer.takeLine(UnsafeRawBufferPointer(start: bytes, count: size * count))
}

private let uploadSource: ccurl_sink = { bytes, size, count, context in
  guard let context else { return 0 }
  let transfer = Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
  return transfer.giveUpload(UnsafeMutableRawBufferPointer(start: bytes, count: size * count))
}
