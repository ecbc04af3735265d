/** Metrics of requests: how many by route and outcome, and how long they took. */
import { Counter, Histogram, type Registry } from "prom-client";

export interface Served {
  /** A route's template, or what else was asked for; never an address itself. */
  route: string;
  method: string;
  /** Null: the connection ended before the reply began. */
  status: number | null;
  seconds: number;
}

const methods = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]);
const durationsSeconds = [0.001, 0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
export const pollRoute = "/api/v1/boards/{board}";

export class HttpMetrics {
  /** Polls that were answered from memory: bare numbers, which cost those nothing. */
  readonly held = { 200: 0, 304: 0 };
  /** Connections taken when hardly another file could be opened. */
  readonly nearFileLimit: Counter;
  readonly #durations: Histogram<"route" | "method">;
  readonly #requests: Counter<"route" | "method" | "status">;

  constructor(registers: Registry[]) {
    const { held } = this;
    const counted = { 200: 0, 304: 0 };
    this.#durations = new Histogram({
      name: "rungs_http_request_duration_seconds",
      help: "Time from the head of a request to the end of its reply; polls answered from memory and streams left out",
      labelNames: ["route", "method"],
      buckets: durationsSeconds,
      registers,
    });
    this.nearFileLimit = new Counter({
      name: "rungs_connections_near_file_limit_total",
      help: "Connections taken with fewer than 32 open files left; further ones are closed unanswered",
      registers,
    });
    this.#requests = new Counter({
      name: "rungs_http_requests_total",
      help: "Requests by route, method and class of status; aborted: the connection ended before the reply",
      labelNames: ["route", "method", "status"],
      registers,
      collect() {
        for (const status of [200, 304] as const) {
          this.inc({ route: pollRoute, method: "GET", status: classOf(status) }, held[status] - counted[status]);
          counted[status] = held[status];
        }
      },
    });
  }

  served({ route, method, status, seconds }: Served): void {
    const known = methods.has(method) ? method : "other";
    this.count(route, known, status);
    this.#durations.observe({ route, method: known }, seconds);
  }

  /** For what lasts as long as the client likes. */
  count(route: string, method: string, status: number | null): void {
    this.#requests.inc({ route, method, status: classOf(status) });
  }
}

function classOf(status: number | null): string {
  return status === null ? "aborted" : `${Math.floor(status / 100)}xx`;
}
