import CCurl
import Threads

/// What libcurl is asked for one transfer, as a value: requests and mail are turned into errands by
/// pure functions, and the engine knows neither.
struct Errand: Sendable {
  enum Setting: Sendable {
    case number(CURLoption, Int)
    case text(CURLoption, String)
    case list(CURLoption, [String])
  }

  var settings: [Setting]
  /// Sent through the read callback. nil: the errand uploads nothing.
  var upload: [UInt8]?
  var answerLimit: Int
  /// Once it has passed, not a byte of the errand is sent.
  var startsBefore = Deadline.never
  /// Through a proxy that is asked for a way to the host first.
  var isTunnelled = false

  init(
    url: String, protocols: String, timeLimit: Duration, connectTimeLimit: Duration,
    answerLimit: Int
  ) {
    settings = [
      .text(CURLOPT_URL, url),
      .text(CURLOPT_PROTOCOLS_STR, protocols),
      .number(CURLOPT_FOLLOWLOCATION, 0),
      .number(CURLOPT_NOSIGNAL, 1),
      // A lookup that hangs must not hold the thread when its transfer is given up.
      .number(CURLOPT_QUICK_EXIT, 1),
      .number(CURLOPT_TIMEOUT_MS, max(1, timeLimit.wholeMilliseconds)),
      .number(CURLOPT_CONNECTTIMEOUT_MS, max(1, connectTimeLimit.wholeMilliseconds)),
      .number(CURLOPT_SSL_VERIFYPEER, 1),
      .number(CURLOPT_SSL_VERIFYHOST, 2),
      .number(CURLOPT_TCP_NODELAY, 1),
    ]
    self.answerLimit = answerLimit
  }
}

/// How an errand came back.
enum Ending: Sendable {
  case finished(Outcome)
  case cancelled
  case stopped
}

/// What libcurl says of a finished transfer, good or bad.
struct Outcome: Sendable {
  var code: CURLcode
  /// The HTTP status, or the last reply code of a mail server.
  var status: Int
  /// Of the last block of headers; for mail, the server's replies.
  var lines: [String]
  var body: [UInt8]
  var answerOverran: Bool
  var systemError: Int32
  /// What a proxy answered when it was asked for a way; 0: it did not answer, or there is none.
  var proxyStatus: Int
  /// The connection was there when it was too late to begin.
  var cameTooLate: Bool
  /// The connection, TLS included, was there and sending could begin.
  var reachedSending: Bool
  var timings: WebTimings

  var codeText: String { String(cString: curl_easy_strerror(code)) }
}
