/** What becomes of each request: counted for the metrics, and a line in the log where that is wanted. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { pollRoute } from "@/lib/http-metrics";
import type { Services } from "@/lib/services";
import { requestIdHeader, requestIdOf } from "./request-id";

/** A request under way; the route can be told when it is found. */
export class Followed {
  route: string;
  readonly #log: RequestLog;
  readonly #request: IncomingMessage;
  readonly #response: ServerResponse;
  readonly #startedAt = performance.now();
  #done = false;

  constructor(log: RequestLog, request: IncomingMessage, response: ServerResponse, route: string) {
    this.#log = log;
    this.#request = request;
    this.#response = response;
    this.route = route;
    response.once("close", () => this.#end("served"));
  }

  /** The reply is a stream, which goes on for as long as the client likes. */
  streams(): void {
    this.#end("streams");
  }

  #end(how: "served" | "streams"): void {
    if (this.#done) return;
    this.#done = true;
    const { headersSent, statusCode } = this.#response;
    const seconds = (performance.now() - this.#startedAt) / 1_000;
    const { method = "" } = this.#request;
    this.#log.ended(
      this.#request,
      { route: this.route, method, status: headersSent ? statusCode : null, seconds },
      how,
    );
  }
}

interface Ended {
  route: string;
  method: string;
  status: number | null;
  seconds: number;
}

export class RequestLog {
  readonly #services: Services;
  readonly #level: "info" | "debug" | null;

  constructor(services: Services) {
    this.#services = services;
    const { logRequests } = services.env;
    this.#level = logRequests ? "info" : services.logger.isLevelEnabled("debug") ? "debug" : null;
  }

  /** A poll that was answered from memory in the same turn. */
  held(request: IncomingMessage, status: 200 | 304, requestId: string): void {
    this.#services.metrics.http.held[status]++;
    if (this.#level) this.#write(request, { route: pollRoute, method: "GET", status, seconds: 0 }, requestId);
  }

  ended(request: IncomingMessage, ended: Ended, how: "served" | "streams"): void {
    const { http } = this.#services.metrics;
    if (how === "served") http.served(ended);
    else http.count(ended.route, ended.method, ended.status);
    if (this.#level) this.#write(request, ended, requestIdOf(request.headers[requestIdHeader]));
  }

  /** Without the query, which may hold a token. */
  #write(request: IncomingMessage, { route, method, status, seconds }: Ended, requestId: string): void {
    if (!this.#level) return;
    const { logger, clientAddresses } = this.#services;
    const facts = {
      requestId,
      ...{ method, path: (request.url ?? "").split("?")[0], route, status, ms: Math.round(seconds * 1e4) / 10 },
      address: clientAddresses.of(request),
    };
    logger[this.#level](facts, "request");
  }
}
