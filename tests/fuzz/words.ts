/** What requests are put together from that no client should send. */
import type { Random } from "@/tests/support/seeded-random";

const pieces = [
  ...["a", "Z", "0", "-", "_", ".", "~", "!", "$", "&", "'", "(", ")", "*", "+", ",", ";", "=", ":", "@", "/", "?"],
  ...["[", "]", "{", "}", "|", "^", "`", '"', "<", ">", "\\", "%", "#", "%00", "%2f", "%2e%2e", "%ff", "%F0%9F%AA%9C"],
  ...["%ED%A0%80", "%C0%AF", "%0d%0a", "..", "//", "\u00e9", "\u00ff", "limit", "offset", "null", "__proto__"],
];
const segments = [
  ...["none", "%00", "..", ".", "%2e%2e", "a%2Fb", "%ED%A0%80", "", "-", "UPPER", "x".repeat(300), "%", "%zz", "%61"],
  ...[
    "[board]",
    "[...all]",
    "constructor",
    "__proto__",
    "p%C3%A9",
    "%F0%9F%8F%86",
    "1e9",
    "-1",
    "_next",
    "api",
    "stream",
  ],
];
const values = [
  ...["", "*", "null", "gzip, br", "br;q=0, *;q=0.1", "a=b; c", '"', 'W/"a-1~1.100.0"', "pg-1", "a-1", "-1", "1"],
  ...["http://localhost", "same-origin", "cross-site", "100-continue", "%00", "[]", "{}", '["",{"children":["x",{}]}]'],
  ...[
    "%5B%22%22%5D",
    "bytes=0-1",
    "text/html",
    "Bearer x",
    "Bearer rungs_000000000000_x",
    "x".repeat(500),
    "de",
    "\u00ff",
  ],
  ...["Wed, 21 Oct 2015 07:28:00 GMT", "/boards/cup", "max-age=0", "(a)", "1234567890".repeat(30)],
];
const names = [
  ...[
    "Accept",
    "Accept-Encoding",
    "Accept-Language",
    "Cookie",
    "Origin",
    "Referer",
    "Range",
    "If-None-Match",
    "If-Match",
  ],
  ...["If-Modified-Since", "User-Agent", "Last-Event-ID", "Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "Via"],
  ...[
    "X-Forwarded-Proto",
    "X-Real-IP",
    "X-Rungs-Client-Address",
    "X-HTTP-Method-Override",
    "Purpose",
    "Sec-Fetch-Site",
  ],
  ...[
    "Content-Type",
    "Content-Encoding",
    "Idempotency-Key",
    "Authorization",
    "Expect",
    "Upgrade",
    "X-Request-Id",
    "TE",
  ],
  ...["Access-Control-Request-Method", "Access-Control-Request-Headers", "Keep-Alive", "Trailer", "Priority", "RSC"],
  ...["Next-Router-State-Tree", "Next-Router-Prefetch", "Next-Router-Segment-Prefetch", "Next-Url", "Next-Action"],
  ...[
    "X-Nextjs-Data",
    "X-Matched-Path",
    "X-Middleware-Subrequest",
    "X-Middleware-Prefetch",
    "X-Invoke-Path",
    "X-Invoke-Status",
  ],
  ...[
    "X-Invoke-Error",
    "X-Invoke-Output",
    "X-Now-Route-Matches",
    "X-Next-Cache-Tags",
    "X-Nextjs-Html-Request-Id",
    "Cache-Control",
  ],
  ...[
    "X-Prerender-Revalidate",
    "Next-Resume",
    "X-Nextjs-Postponed",
    "X-Middleware-Invoke",
    "X-Middleware-Rewrite",
    "__proto__",
  ],
];

export function wildText(random: Random, most = 12): string {
  let text = "";
  for (let left = random.whole(0, most); left > 0; left--) text += random.pick(pieces);
  return text;
}

export function wildSegment(random: Random): string {
  return random.chance(0.7) ? random.pick(segments) : wildText(random, 5);
}

/** A line of a request's head; nothing that moves where the request ends. */
export function wildHeader(random: Random): string {
  const value = random.chance(0.8) ? random.pick(values) : wildText(random);
  return `${random.pick(names)}: ${value}\r\n`;
}

const intruders = [
  "\r",
  "\n",
  "\r\n",
  "\0",
  "\u00ff",
  " ",
  "\t",
  ":",
  "\r\n\r\n",
  "%",
  "HTTP/1.1",
  "Host: x\r\n",
  "\u007f",
];
const lengths = [
  "Content-Length: 5\r\n",
  "Content-Length: -1\r\n",
  "Transfer-Encoding: chunked\r\n",
  "Transfer-Encoding: x\r\n",
];

/** The text with up to four things cut out, put in, doubled or cut off. */
export function damage(random: Random, text: string): string {
  let damaged = text;
  for (let left = random.whole(1, 4); left > 0; left--) {
    const at = random.whole(0, damaged.length);
    const end = Math.min(damaged.length, at + random.whole(0, 20));
    switch (random.whole(0, 5)) {
      case 0:
        damaged = damaged.slice(0, at) + damaged.slice(end);
        break;
      case 1:
        damaged = damaged.slice(0, at) + random.pick(intruders) + damaged.slice(at);
        break;
      case 2:
        damaged = damaged.slice(0, end) + damaged.slice(at);
        break;
      case 3:
        damaged = damaged.slice(0, at);
        break;
      case 4:
        damaged = damaged.slice(0, at) + String.fromCharCode(random.whole(0, 255)) + damaged.slice(at + 1);
        break;
      default:
        damaged = damaged.replace("\r\n", `\r\n${random.pick(lengths)}`);
    }
  }
  return damaged;
}
