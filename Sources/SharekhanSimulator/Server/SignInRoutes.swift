import TradingTime

extension Simulator {
  /// The login page as a browser meets it after the password: straight back to the app. Which
  /// customer signs in, `customer` says.
  func logIn(_ request: WireRequest) -> WireAnswer {
    let version = request.parameter("version_id")
    let customer = request.parameter("customer") ?? "\(Accounts.first)"
    guard request.parameter("api_key") == settings.apiKey,
      version == nil || version == "1005" || version == "1006",
      exchange.accounts.index(of: customer) != nil
    else { return .html(400, "Request is invalid") }
    guard let token = requestTokens.issue(for: customer, version == nil ? .standard : .urlSafe)
    else { return .html(500, "Request is invalid") }
    // Older apps say `user_id` where newer ones say `state`.
    let state = request.parameter("state") ?? request.parameter("user_id")
    var location = settings.redirect + (settings.redirect.contains("?") ? "&" : "?")
    location += "request_token=" + Percent.encode(token)
    if let state { location += "&state=" + Percent.encode(state) }
    return WireAnswer(status: 302, location: location)
  }

  /// Only `apiKey` and `requestToken` are needed; whatever else the many clients send is ignored.
  func exchangeToken(_ request: WireRequest, at now: Instant) -> WireAnswer {
    guard let body = JSON(reading: request.body), case .object = body else {
      return Envelope.unreadable(request.path)
    }
    guard body["apiKey"]?.scalarText == settings.apiKey,
      let customer = body["requestToken"]?.scalarText.flatMap({ requestTokens.redeem($0) }),
      let token = try? accessTokens.issue(for: customer, at: now)
    else { return Envelope.invalidRequestToken }
    let state = body["state"]?.scalarText ?? body["userId"]?.scalarText
    return Envelope.success(
      "access_token",
      [
        "token": .string(token), "state": state.map(JSON.string) ?? .null,
        "fullName": .string("SIMULATED CUSTOMER \(customer)"), "customerId": .string(customer),
        "loginId": .string("SIM\(customer)"), "userId": .null, "btplusServiceEnabled": false,
        "exchanges": ["NF", "BF", "MX", "BC", "NC"], "broker": "Sharekhan",
      ], at: now)
  }
}
