/**
 * The head of a request in the one form that all of the server reads: HTTP/1, one host, a path and nothing that two
 * readers could take for two paths. Every request meets this before anything is routed.
 */
import type { IncomingMessage } from "node:http";
import { LRUCache } from "lru-cache";
import { RungsError } from "@/lib/domain/errors";
import { invalidParameter } from "./parse";

/** Puts the request's address and host in order. Gives the refusal of a request that has no clear meaning. */
export function readHead(request: IncomingMessage): RungsError | null {
  if (request.httpVersionMajor !== 1) return bad("The version of HTTP is not 1.0 or 1.1.");
  const repeated = repeatedHeader(request);
  if (repeated === "host") return bad("The Host header was sent twice.");
  if (repeated) return invalidParameter(repeated, "must be sent once");
  return readTarget(request) ?? readHost(request);
}

/** Headers that decide what a request means; which of two was meant cannot be guessed. By first letter and length. */
const singleHeaders = new Map(
  ["host", "authorization", "idempotency-key", "content-type", "last-event-id"].map((name, i) => {
    return [keyOf(name), { name, bit: 1 << i }];
  }),
);

function keyOf(name: string): number {
  // With that bit a capital letter is a small one.
  return ((name.charCodeAt(0) | 0x20) << 8) | name.length;
}

function repeatedHeader({ rawHeaders }: IncomingMessage): string | null {
  let seen = 0;
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const given = rawHeaders[i] ?? "";
    const single = singleHeaders.get(keyOf(given));
    if (single === undefined || given.toLowerCase() !== single.name) continue;
    if (seen & single.bit) return single.name;
    seen |= single.bit;
  }
  return null;
}

/** A path that needs no second look: no escape, no dot segment, no doubled slash in front, no fragment. */
const plainTarget = /^\/(?!\/)(?:[^%\\#?.]|\.(?![./?]|$))*(?:\?[^#]*)?$/;
/** Most requests are a poll of the same address as the one before. */
let lastPlain = "/";
const absoluteTarget = /^https?:\/\/([^/?#]*)(.*)$/i;

function readTarget(request: IncomingMessage): RungsError | null {
  const target = request.url ?? "";
  if (target === lastPlain) return null;
  if (plainTarget.test(target)) {
    lastPlain = target;
    return null;
  }
  if (target === "*" && request.method === "OPTIONS") return null;
  const [, authority, rest = ""] = absoluteTarget.exec(target) ?? [];
  // RFC 9112, 3.2.2: the target's host is the one that counts.
  if (authority !== undefined) setHost(request, authority);
  const path = authority === undefined ? target : rest.startsWith("/") ? rest : `/${rest}`;
  if (!path.startsWith("/") || path.includes("#")) return bad("The address is not a path.");
  const normal = normalTarget(path);
  if (normal === null) return bad("The address is not well-formed.");
  request.url = normal;
  return null;
}

/** Escapes that nobody needs are resolved, and then dot segments, as browsers and proxies do. Null for a bad escape. */
function normalTarget(target: string): string | null {
  const query = target.includes("?") ? target.slice(target.indexOf("?")) : "";
  const path = target.slice(0, target.length - query.length);
  if (path.includes("\\")) return null;
  try {
    decodeURIComponent(path);
  } catch {
    return null;
  }
  const unescaped = path.replace(/^\/+/, "/").replace(/%([0-9a-f]{2})/gi, (given, hex: string) => {
    const character = String.fromCharCode(Number.parseInt(hex, 16));
    return /[\w.~-]/.test(character) ? character : given;
  });
  return withoutDots(unescaped) + query;
}

/** RFC 3986, 5.2.4. */
function withoutDots(path: string): string {
  const kept: string[] = [];
  const segments = path.split("/").slice(1);
  for (const segment of segments) {
    if (segment === "..") kept.pop();
    else if (segment !== ".") kept.push(segment);
  }
  const last = segments.at(-1);
  if (last === "." || last === "..") kept.push("");
  return `/${kept.join("/")}`.replace(/^\/+/, "/");
}

const hostCharactersMax = 260;
const hosts = new LRUCache<string, boolean>({ max: 256 });
let lastHost = "localhost";

function readHost(request: IncomingMessage): RungsError | null {
  const { host } = request.headers;
  if (host === lastHost) return null;
  if (host === undefined) {
    if (request.httpVersionMinor > 0) return bad("The Host header is missing.");
    // HTTP/1.0 has none: what a balancer asks by default.
    setHost(request, "localhost");
    return null;
  }
  if (host.length > hostCharactersMax) return bad("The Host header is not well-formed.");
  const known = hosts.get(host);
  const good = known ?? isHost(host);
  if (known === undefined) hosts.set(host, good);
  if (good) lastHost = host;
  return good ? null : bad("The Host header is not well-formed.");
}

/** A name or an address, with or without a port, that makes an address with every reader of it. */
function isHost(host: string): boolean {
  return /^(?:[\w.-]+|\[[\da-f:.]+\])(?::\d{0,5})?$/i.test(host) && URL.canParse(`http://${host}/`);
}

function setHost(request: IncomingMessage, host: string): void {
  const { rawHeaders } = request;
  const at = rawHeaders.findIndex((name, i) => i % 2 === 0 && name.toLowerCase() === "host");
  if (at === -1) rawHeaders.push("Host", host);
  else rawHeaders[at + 1] = host;
  request.headers.host = host;
}

function bad(detail: string): RungsError {
  return new RungsError("bad-request", detail);
}
