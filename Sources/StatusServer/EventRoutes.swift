import HTTPTypes
import Hummingbird
import NIOCore
import ServiceLifecycle

/// `/events`: snapshots as server-sent events, until the watcher leaves or the server stops.
struct EventRoutes {
  let feed: LiveFeed
  let document: @Sendable () -> StatusDocument

  func events(_ request: Request, _ context: StatusContext) throws -> Response {
    guard feed.hasRoom else {
      var problem = Problem(
        .serviceUnavailable, "too many watch already",
        "close another page of this server, or read /status")
      problem.headers[.retryAfter] = "10"
      throw problem
    }
    let body = ResponseBody { [feed, document, channel = context.channel] writer in
      // Watching begins here and not before: a body that is never written would watch for ever.
      if let (id, stream) = feed.watch() {
        defer { feed.leave(id) }
        // Hummingbird waits for open answers when it stops, and this one would never end. A watcher
        // that does not read cannot be told either, so his connection is cut a moment later.
        try await withGracefulShutdownHandler {
          try await writer.write(ByteBuffer(string: "retry: 2000\n\n"))
          try await writer.write(Self.event(document()))
          for await event in stream { try await writer.write(event) }
        } onGracefulShutdown: {
          feed.leave(id)
          channel.eventLoop.scheduleTask(in: .milliseconds(300)) { channel.close(promise: nil) }
        }
      }
      try await writer.finish(nil)
    }
    var response = Response(status: .ok, body: body)
    response.headers[.contentType] = "text/event-stream"
    response.headers[.cacheControl] = "no-store"
    // Or a proxy would keep events until it has enough of them.
    if let name = HTTPField.Name("X-Accel-Buffering") { response.headers[name] = "no" }
    return response
  }

  static func event(_ document: StatusDocument) throws -> ByteBuffer {
    var event = ByteBuffer(string: "event: status\ndata: ")
    var json = try Response.json(document)
    event.writeBuffer(&json)
    event.writeString("\n\n")
    return event
  }
}
