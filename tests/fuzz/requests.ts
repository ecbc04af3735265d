/** Requests from a seed: right ones, wrong ones and ones that are hardly any, over all that the server answers. */
import type { Random } from "@/tests/support/seeded-random";
import type { Bodies, BodyKind } from "./bodies";
import { publicUrl, type Site } from "./site";
import { damage, wildHeader, wildSegment, wildText } from "./words";

export interface FuzzRequest {
  /** What is counted together. */
  route: string;
  /** One character for each byte. */
  bytes: string;
  method: string;
  target: string;
}

interface Route {
  /** `{b}` a board, `{p}` a player, `{s}` a scratch board. */
  path: string;
  /** How often it is chosen. */
  weight: number;
  query?: readonly string[];
  body?: BodyKind;
  method?: string;
}

const parameters = [
  "limit",
  "offset",
  "limit",
  "q",
  "around",
  "since",
  "player",
  "at",
  "seq",
  "time",
  "top",
  "sort",
  "after",
  "format",
  "maxwidth",
];
const values = [
  "0",
  "1",
  "7",
  "100",
  "1000",
  "1001",
  "-1",
  "1e3",
  "99999999999",
  "x",
  "",
  "%00",
  "0.5",
  "2024-05-01T12:00:00Z",
  "json",
  "xml",
];
const on = "/api/v1/boards/{b}";
const scoresQueries = ["", "atomic=true", "round=true", "atomic=true&round=true", "atomic=yes"];
/** Cheap ones are asked most; what costs milliseconds is reached often enough in a minute. */
const routes: readonly Route[] = [
  { path: on, weight: 1_500, query: ["limit=10", "limit=100&offset=50", ""] },
  { path: "/api/v1/boards", weight: 20, query: ["", "sort=changed&limit=2", "q=cu"] },
  { path: `${on}/players`, weight: 20, query: ["q=p1", "q=Player", "q=p&limit=3"] },
  { path: `${on}/players/{p}`, weight: 40, query: ["around=3", ""] },
  { path: `${on}/players/{p}/events`, weight: 10, query: ["limit=3", ""] },
  { path: `${on}/players/{p}/history`, weight: 5 },
  { path: `${on}/players/{p}/inbox`, weight: 20 },
  { path: `${on}/players/{p}/inbox/ack`, weight: 20, method: "POST", body: "acknowledge" },
  { path: `${on}/at`, weight: 5, query: ["seq=9", "seq=300&limit=5", ""] },
  { path: `${on}/race`, weight: 5, query: ["top=3", ""] },
  { path: `${on}/timeline`, weight: 10 },
  { path: `${on}/settings`, weight: 20 },
  { path: `${on}/activity`, weight: 10 },
  { path: `${on}/scores`, weight: 60, method: "POST", body: "scores", query: scoresQueries },
  { path: "/api/v1/boards/{s}/scores", weight: 5, method: "POST", body: "scores", query: scoresQueries },
  { path: "/api/v1/boards", weight: 10, method: "POST", body: "createBoard" },
  { path: "/api/v1/boards/{s}", weight: 10, method: "PATCH", body: "updateBoard" },
  { path: "/api/v1/boards/{s}", weight: 2, method: "DELETE" },
  { path: "/api/v1/players/{p}/token", weight: 5, method: "POST", body: "mint" },
  {
    path: "/api/v1/oembed",
    weight: 20,
    query: ["url=x", `url=${publicUrl}/boards/cup`, `url=${publicUrl}/boards/cup/embed`],
  },
  { path: "/api/v1/openapi.json", weight: 2 },
  { path: "/api/v1/keys", weight: 5 },
  { path: "/api/v1/keys", weight: 2, method: "POST", body: "createKey" },
  { path: "/api/v1/keys/x", weight: 5, method: "DELETE" },
  { path: "/api/v1/invitations", weight: 2 },
  { path: "/api/v1/invitations/accept", weight: 5, method: "POST", body: "accept" },
  { path: "/api/auth/get-session", weight: 5 },
  { path: "/api/auth/sign-in/email", weight: 1, method: "POST", body: "signIn" },
  { path: "/api/auth/sign-out", weight: 2, method: "POST" },
  { path: "/healthz", weight: 100 },
  { path: "/readyz", weight: 5 },
  { path: "/metrics", weight: 1 },
  { path: "/_next/static/chunks/none.js", weight: 0.3 },
  ...["/", "/boards/{b}", "/boards/{b}/embed", "/boards/{b}/stage", "/boards/{b}/overlay", "/boards/{b}/race"].map(
    (path) => {
      return { path, weight: 0.3, query: ["player=p1", "at=2&rows=5", "theme=dark", ""] };
    },
  ),
  ...["/boards/{b}/players/{p}", "/settings", "/settings/boards/{b}", "/sign-in", "/join", "/none"].map((path) => {
    return { path, weight: 0.2 };
  }),
];
const streams: readonly Route[] = [{ path: `${on}/stream`, weight: 1, query: ["player=p1", "since=a-1", ""] }];
const methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND", "PURGE", "MKCOL"];
const hosts = [
  "a.1",
  "",
  "a b",
  "a@b",
  "[::1",
  "x".repeat(300),
  "localhost:99999",
  "\u00ff",
  "a,b",
  "xn--",
  "1.2.3.4.5",
];
const types = [
  "application/json",
  "application/json; charset=utf-8",
  "text/plain",
  "application/x-www-form-urlencoded",
  "",
];

export class Requests {
  readonly #random: Random;
  readonly #site: Site;
  readonly #bodies: Bodies;
  readonly #total = routes.reduce((sum, { weight }) => sum + weight, 0);

  constructor(random: Random, site: Site, bodies: Bodies) {
    this.#random = random;
    this.#site = site;
    this.#bodies = bodies;
  }

  /** One whose end every reader finds at the same byte, so that others may follow it on its connection. */
  framed(): FuzzRequest {
    return this.#request(this.#route(), "1.1");
  }

  /** A stream, or one that ends its connection: by what it asks for, its version or its method. */
  lone(): FuzzRequest {
    const random = this.#random;
    if (random.chance(0.5)) return this.#request(random.pick(streams), "1.1");
    if (random.chance(0.3)) return this.#connect();
    return this.#request(this.#route(), random.pick(["1.0", "2.0", "0.9", "1.2", "3.0"]));
  }

  /** Bytes that may be any number of requests, or none. */
  broken(): FuzzRequest {
    const random = this.#random;
    const whole = this.#request(this.#route(), "1.1");
    const bytes = random.chance(0.2) ? whole.bytes + this.#request(this.#route(), "1.1").bytes : whole.bytes;
    return { ...whole, route: "broken bytes", bytes: damage(random, bytes) };
  }

  #connect(): FuzzRequest {
    const target = this.#random.pick(["localhost:80", "/", "*", "x"]);
    return { route: "CONNECT", method: "CONNECT", target, bytes: `CONNECT ${target} HTTP/1.1\r\nHost: x\r\n\r\n` };
  }

  #route(): Route {
    let left = this.#random.next() * this.#total;
    for (const route of routes) {
      left -= route.weight;
      if (left <= 0) return route;
    }
    return routes[0] as Route;
  }

  #request(route: Route, version: string): FuzzRequest {
    const random = this.#random;
    const usual = route.method ?? "GET";
    // Pages cost a hundred times what a refusal costs; methods they do not know are as good as any.
    const method = random.chance(0.06) ? random.pick(methods) : usual;
    const target = this.#target(route);
    let head = `${method} ${target} HTTP/${version}\r\n`;
    head += `Host: ${random.chance(0.03) ? random.pick(hosts) : "localhost"}\r\n`;
    head += this.#identity(method === usual && route.path !== "/api/auth/sign-out");
    for (let left = random.whole(0, 2); left > 0; left--) head += wildHeader(random);
    const body = route.body || random.chance(0.02) ? this.#body(route.body ?? "scores") : "";
    if (body !== "" || method === "POST")
      head += `Content-Type: ${random.chance(0.9) ? types[0] : random.pick(types)}\r\n`;
    const framed = random.chance(0.9) ? `Content-Length: ${body.length}\r\n\r\n${body}` : chunked(random, body);
    const bytes = head + (body === "" && method === "GET" ? "\r\n" : framed);
    return { route: `${usual} ${route.path}`, method, target, bytes };
  }

  #target({ path, query }: Route): string {
    const random = this.#random;
    let target = path
      .replace("{b}", () => (random.chance(0.85) ? random.pick(this.#site.boards) : wildSegment(random)))
      .replace("{s}", () => random.pick(this.#site.scratch))
      .replace("{p}", () => (random.chance(0.7) ? random.pick(this.#site.players) : wildSegment(random)));
    if (random.chance(0.05)) target += `/${wildSegment(random)}`;
    if (query && random.chance(0.5)) target += `?${random.pick(query)}`;
    if (random.chance(0.2)) {
      const more = `${random.pick(parameters)}=${random.pick(values)}`;
      target += `${target.includes("?") ? "&" : "?"}${more}${random.chance(0.5) ? `&${wildText(random, 4)}` : ""}`;
    }
    if (random.chance(0.02)) target = `http://${random.pick(["localhost", "other.example:81", "a.1"])}${target}`;
    if (random.chance(0.01)) target = random.pick(["*", "/x/..", "//", "/./", "/%2e%2e"]) + target;
    // Node's parser refuses these, and with them what follows on the connection: `broken` has enough of them.
    return target.replaceAll(/[ \u0080-\u00ff]/g, "");
  }

  /** The organizer must stay signed in, and the boards be there. */
  #identity(mayBeOrganizer: boolean): string {
    const random = this.#random;
    const kind = random.next();
    if (kind < 0.3) return `Authorization: ${random.pick(this.#site.bearers)}\r\n`;
    if (mayBeOrganizer && kind < 0.34) return `Cookie: ${this.#site.cookie}\r\nSec-Fetch-Site: same-origin\r\n`;
    return "";
  }

  #body(kind: BodyKind): string {
    const random = this.#random;
    const body = random.pick(this.#bodies[kind]);
    return random.chance(0.1) && body.length < 5_000 ? damage(random, body) : body;
  }
}

function chunked(random: Random, body: string): string {
  let text = "Transfer-Encoding: chunked\r\n\r\n";
  for (let at = 0; at < body.length; ) {
    const size = Math.min(body.length - at, random.whole(1, 2_000));
    text += `${size.toString(16)}\r\n${body.slice(at, at + size)}\r\n`;
    at += size;
  }
  return `${text}0\r\n\r\n`;
}
