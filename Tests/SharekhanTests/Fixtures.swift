import Desk
import TradingTime

@testable import Sharekhan

/// Answers in the shapes that the broker really gives; people and figures are made up.
enum Fixture {
  static func envelope(_ message: String, _ data: String) -> String {
    #"{"status":200,"message":"\#(message)","timestamp":"2025-10-28T14:52:32+05:30","data":\#(data)}"#
  }

  static func answer(_ book: Book, _ path: String, _ body: String, status: Int = 200) -> RawAnswer {
    RawAnswer(
      book: book, accountID: "asha", requestedAt: Instant(secondsSinceEpoch: 1_761_643_352),
      receivedAt: Instant(secondsSinceEpoch: 1_761_643_353), status: status,
      body: Array(body.utf8), request: "GET /skapi/services/\(path)")
  }

  /// The five rows of one order, as its history gave them.
  static let history: RawAnswer = {
    let base = #"""
      "orderType": "Limit", "orsExchangeMarketCode": "N", "orderId": "136700001", "fnoSquareOff": "",
      "goodTillDate": "", "fohExitDateTime": "", "traderId": "111111111111100", "childTrailingPrice": "0",
      "optionType": "CE", "ohEntryDateTime": "", "coverOrderId": "0", "orderQty": 1200,
      "scripCode": "59004", "orderTrailByPrice": "0", "webResponseTime": "0", "childTrailByPrice": "0",
      "clientGroup": "", "contract": "NIFTY 28Oct2025", "disclosedQty": 0, "orderMifQty": 0,
      "childSlPrice": "0", "openOrClose": "O", "caLevel": 0, "advOrderType": "NOR",
      "orderTargetPrice": "0", "trailingStatus": "", "clientAcc": "", "channelUser": "LOGINID1",
      "exchange": "NF", "strikePrice": "26000.00", "fnoOrderType": "NOR", "orderTrailingPrice": "0",
      "goodtillDate": "2025-10-28 12:44:40.0", "expiryDate": "28/10/2025", "dpClientId": 0,
      "orderTriggerPrice": "0", "customerId": 1234567, "orderPrice": "24.35", "afterHour": "N",
      "tradingSymbol": "NIFTY", "participantCode": 0, "channelCode": "SKAPI",
      "orderDateTime": "2025-10-28 12:44:40.0", "buySell": "B", "instrumentType": "OI",
      "fnoSquareoff": "N", "dpId": 1, "segmentCode": "", "userId": "SKNSEFO4", "productCode": "0",
      "allOrNone": "N", "limitLossTo": "0", "bookProfitPrice": "0", "goodtill": "GFD",
      "requestStatus": "NEW"
      """#
    func row(
      _ status: String, _ user: String, open: Int, done: Int, average: String, ors: String,
      exchangeID: String, acknowledged: String, modified: String, updated: String, brokerage: String
    ) -> String {
      #"""
      {"orderStatus": "\#(status)", "updateUser": "\#(user)", "openQty": \#(open), "execQty": \#(done),
      "avgPrice": "\#(average)", "orsOrderId": \#(ors), "exchangeOrderId": "\#(exchangeID)",
      "exchAckDateTime": "\#(acknowledged)", "lastModTime": "\#(modified)", "updateDate": "\#(updated)",
      "brokerage": "\#(brokerage)", \#(base)}
      """#
    }
    let (forty, next) = ("2025-10-28 12:44:40.0", "2025-10-28 12:44:41.0")
    let rows = [
      row(
        "In-Process", "BOG", open: 1200, done: 0, average: "0", ors: "0", exchangeID: "",
        acknowledged: "", modified: "", updated: forty, brokerage: "0"),
      row(
        "In-Process", "FO_AH_NOR", open: 1200, done: 0, average: "0", ors: "136700001",
        exchangeID: "", acknowledged: next, modified: "", updated: forty, brokerage: "-2951621"),
      row(
        "Pending", "FO_AH_NOR", open: 1200, done: 0, average: "0", ors: "1446122681227650728",
        exchangeID: "1000000000000678", acknowledged: next, modified: next, updated: next,
        brokerage: "-2951621"),
      row(
        "Partly Executed", "FO_AH_TC", open: 150, done: 1050, average: "23.45",
        ors: "1446122681227656516", exchangeID: "1000000000000678", acknowledged: next,
        modified: next, updated: next, brokerage: "-2857079"),
      row(
        "Fully Executed", "FO_AH_TC", open: 0, done: 1200, average: "23.45",
        ors: "1446122681227661860", exchangeID: "1000000000000678", acknowledged: next,
        modified: next, updated: next, brokerage: "-2843573"),
    ]
    return answer(
      .orders, "reports/NF/1234567/136700001",
      envelope("order_history", "[\(rows.joined(separator: ","))]"))
  }()

  static let dayBook = answer(
    .orders, "reports/1234567",
    envelope(
      "orders_history",
      #"""
      [{"orderId":"246585650","customerId":1234567,"scripCode":"2475","tradingSymbol":"ONGC",
      "exchange":"NC","buySell":"S","orderQty":10,"disclosedQty":0,"execQty":10,"orderPrice":"149.5",
      "execPrice":"149.55","trigPrice":"0","orderStatus":"FullyExecuted","requestStatus":"NEW",
      "priceType":"Limit","lastModTime":"2026-07-09 09:20:12","orderDateTime":"2026-07-09 09:20:11.5",
      "exchDateTime":"2026-07-09 09:20:12","productType":"INVESTMENT","rmsCode":"SKNSE2",
      "errorMsg":"","afterHour":"N","goodTill":"GFD","orderType":"NOR","channelCode":"SKAPI"},
      {"orderId":246585651,"customerId":"1234567","scripCode":2475,"tradingSymbol":"ONGC",
      "exchange":"NC","buySell":"SAM","orderQty":"5","orderPrice":0,"orderStatus":"Rejected",
      "requestStatus":"NEW","orderDateTime":"","productType":"BT","channelCode":"PWR_TRD",
      "errorMsg":"RMS: margin  exceeds\nlimit"}]
      """#))

  static let positions = answer(
    .positions, "trades/1234567",
    envelope(
      "trades_history",
      #"""
      [{"tradingSymbol":"RELIANCE","exchange":"NC","scripCode":"2885","productType":"BIGTRADE",
      "buyQty":100,"buyRate":"1440.5075","sellQty":40,"sellRate":"1442.10","netQty":60,
      "avgPrice":"1440.5075","bpl":"63.70","mtm":"-12.25"},
      {"tradingSymbol":"NIFTY","exchange":"NF","scripCode":59004,"productType":"INVESTMENT",
      "buyQty":0,"buyRate":0,"sellQty":75.0,"sellRate":24.35,"netQty":-75,"avgPrice":24.35,
      "bpl":0,"mtm":10.5}]
      """#))

  static let holdings = answer(
    .holdings, "holdings/1234567",
    envelope(
      "holdings",
      #"""
      [{"exchange": "NSE", "tradingSymbol": "RELIANCE", "customerId": 1234567, "invstQty": 0,
      "pledge": "33", "mf": "0", "dp": "32", "aval": "32", "dpmarginQty": 0, "tradingAllowed": "Y",
      "cncqty": "0", "marginQty": 0, "dpmarginValue": 0.0, "receivable": "5", "holdPrice": 1550.42,
      "pool": "0"}]
      """#))

  static let funds = answer(
    .funds(exchange: "NC"), "limitstmt/NC/1234567",
    envelope(
      "limit_statement",
      #"""
      [{"customerId":1234567,"currentCashBalance":1000000.0,"pendingWithdrawalRequest":0.0,
      "nonCashLimit":"250000.25","cashBpl":-63.7,"limitAgainstShares":0,"holdFunds":"0"}]
      """#))

  static let trades = answer(
    .trades(exchange: "NC", orderID: "246585650"), "reports/NC/1234567/246585650/trades",
    envelope(
      "trade_history",
      #"""
      [{"orderId":"246585650","tradeId":"7001","tradeTime":"2026-07-09 09:20:12.0",
      "customerId":1234567,"scripCode":"2475","buySell":"S","tradeQty":10,"tradePrice":"149.55"}]
      """#))

  static let master = answer(
    .master(exchange: "NC"), "master/NC",
    envelope(
      "master",
      #"""
      [{"scripCode":2475,"tradingSymbol":"ONGC","companyName":"OIL AND NATURAL GAS","instType":"EQ",
      "lotSize":0,"tickSize":5.0,"expiry":"","strike":0.0,"multiplier":1.0,"optionType":"",
      "isinCode":"INE213A01029","groupName":"NA","industry":"NA","indices":null},
      {"scripCode":20000,"tradingSymbol":"NIFTY","companyName":"NA","instType":"NA","lotSize":1,
      "tickSize":0.05,"expiry":"","strike":0.0,"multiplier":1.0,"optionType":"","isinCode":"NA",
      "groupName":"Broad Market Indices","industry":"NA","indices":"NA"}]
      """#))

  static let derivatives = answer(
    .master(exchange: "NF"), "master/NF",
    envelope(
      "master",
      #"""
      [{"scripCode":59004,"tradingSymbol":"NIFTY","companyName":"NIFTY","instType":"OI","lotSize":75,
      "tickSize":0.05,"expiry":"28/10/2025","strike":26000.0,"optionType":"CE","isinCode":"NA"},
      {"scripCode":"37833","tradingSymbol":"RELIANCE","companyName":"RELIANCE","instType":"FS",
      "lotSize":"500","tickSize":"0.1","expiry":"16-Jul-26","strike":-1.0,"optionType":"XX",
      "isinCode":null}]
      """#))

  static let candles = answer(
    .candles(exchange: "MX", scripCode: 114, interval: "5minute"), "historical/MX/114/5minute",
    envelope(
      "chart",
      #"""
      [{"open": 107391.0, "high": 107450.0, "low": 107300.0, "close": 107410.0, "qty": 1609,
      "tradeTime": "09:04:59", "tradeDate": "8/9/2025"},
      {"open": 0, "high": 0.0, "low": "0", "close": 0, "qty": 0, "tradeTime": "09:09:59",
      "tradeDate": "08/09/2025"},
      {"open": "107410.0", "high": "107420.5", "low": "107400", "close": "107420", "qty": "12",
      "tradeTime": "09:14:59", "tradeDate": "08/09/2025"}]
      """#))

  static let all = [
    history, dayBook, positions, holdings, funds, trades, master, derivatives, candles,
  ]
}
