/** What a whole server, pages included, makes of requests as no browser sends them. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { freePort } from "@/lib/embedded/free-port";
import { problemSchema } from "@/lib/http/reply-schemas";
import { ask, exchange, type RawReply } from "@/tests/support/raw-http";
import { type RungsServer, startRungs } from "@/tests/support/server";

let server: RungsServer;
let port: number;
let authorization: string;

beforeAll(async () => {
  port = await freePort();
  const env = { PORT: String(port), REDIS_URL: undefined, PUBLIC_URL: "https://rungs.example" };
  server = await startRungs({ args: ["--no-redis"], env });
  authorization = /Authorization: (Bearer \S+?)"/.exec(server.output())?.[1] ?? "";
});

afterAll(() => server?.stop());

function codeOf({ headers, body, status }: RawReply): string {
  expect(headers["content-type"]).toBe("application/problem+json");
  const problem = problemSchema.parse(JSON.parse(body));
  expect(problem.status).toBe(status);
  return problem.code;
}

const places = ["/", "/boards/sample", "/api/v1/boards", "/api/v1/boards/sample", "/healthz", "/_next/static/x.js"];

test.each(places)(
  "%s with a host that is none, with two, without one, or in another version is a 400",
  async (path) => {
    const refused = [
      await ask(port, `GET ${path} HTTP/1.1`, ["Host: a.1"]),
      await ask(port, `GET ${path} HTTP/1.1`, ["Host: a b"]),
      await ask(port, `GET ${path} HTTP/1.1`, ["Host: a@b"]),
      await ask(port, `GET ${path} HTTP/1.1`, ["Host:"]),
      await ask(port, `GET ${path} HTTP/1.1`, ["Host: localhost", "hOST: localhost"]),
      await ask(port, `GET ${path} HTTP/1.1`, []),
      await ask(port, `GET ${path} HTTP/2.0`),
      await ask(port, `GET ${path}#x HTTP/1.1`),
      await ask(port, `GET ${path}%ff HTTP/1.1`),
      await ask(port, `GET ${path}%ED%A0%80 HTTP/1.1`),
      await ask(port, `GET ${path}\\ HTTP/1.1`),
      await ask(port, `GET ftp://localhost${path} HTTP/1.1`),
      await ask(port, "GET * HTTP/1.1"),
    ];
    expect(refused.map((reply) => [reply.status, codeOf(reply)])).toEqual(refused.map(() => [400, "bad-request"]));
  },
);

test.each(["/healthz", "/readyz", "/api/v1/boards", "/"])(
  "%s is answered over HTTP/1.0 without a host",
  async (path) => {
    expect((await ask(port, `GET ${path} HTTP/1.0`, [])).status).toBe(200);
  },
);

test.each(places.slice(0, -1))(
  "%s is answered in absolute form, by any host, doubled slashes and dot segments",
  async (path) => {
    const targets = [
      `http://localhost${path}`,
      `HTTPS://other.example:8443${path}`,
      `/${path}`,
      `//${path}`,
      `/x/..${path}`,
    ];
    for (const target of [...targets, `/%2e%2E/.${path}`]) {
      expect([target, (await ask(port, `GET ${target} HTTP/1.1`)).status]).toEqual([target, 200]);
    }
  },
);

test("an address in another spelling meets the same rules: a stream stays a stream of the server's own", async () => {
  const plain = await ask(port, "GET /api/v1/boards/sample/stream HTTP/1.1");
  for (const target of ["/x/../api/v1/boards/sample/stream", "/%61pi/v1/boards/sample/stre%61m"]) {
    const reply = await ask(port, `GET ${target} HTTP/1.1`);
    expect([reply.status, codeOf(reply)]).toEqual([plain.status, codeOf(plain)]);
    expect(reply.headers["access-control-allow-origin"]).toBe("*");
  }
});

test.each(["TRACE", "POST", "PUT", "PATCH", "DELETE", "PROPFIND", "PURGE"])(
  "%s of a page is a 405 that says what goes",
  async (method) => {
    for (const path of ["/", "/boards/sample", "/none", "/settings"]) {
      const reply = await ask(port, `${method} ${path} HTTP/1.1`);
      expect([reply.status, codeOf(reply), reply.headers.allow]).toEqual([
        405,
        "method-not-allowed",
        "GET, HEAD, OPTIONS",
      ]);
    }
  },
);

test.each([
  ["GET", "/api/auth/sign-in/email", "POST, OPTIONS"],
  ["GET", "/api/auth/sign-out", "POST, OPTIONS"],
  ["POST", "/api/auth/get-session", "GET, HEAD, OPTIONS"],
  ["PUT", "/api/v1/boards/sample", "GET, HEAD, PATCH, DELETE, OPTIONS"],
  ["DELETE", "/healthz", "GET, HEAD, OPTIONS"],
])("%s of %s is a 405 that says what goes", async (method, path, allow) => {
  const reply = await ask(port, `${method} ${path} HTTP/1.1`);
  expect([reply.status, codeOf(reply), reply.headers.allow]).toEqual([405, "method-not-allowed", allow]);
});

test("a refusal that belongs to no route is readable for pages of other sites", async () => {
  const refused = [
    await ask(port, "GET /api/v1/boards%ff HTTP/1.1"),
    await ask(port, "GET /api/v1/none HTTP/1.1"),
    await ask(port, "POST /api/v1/boards/sample/race HTTP/1.1"),
    await ask(port, "GET /api/v1/boards HTTP/1.1", ["Host: localhost", `X-Long: ${"x".repeat(20_000)}`]),
    await ask(port, "nonsense"),
  ];
  expect(refused.map((reply) => [reply.status, reply.headers["access-control-allow-origin"]])).toEqual(
    [400, 404, 405, 431, 400].map((status) => [status, "*"]),
  );
  for (const { headers } of refused) expect(headers["access-control-expose-headers"]).toBe("*");
});

test("TRACE of the API is a 405, OPTIONS says what goes, also for the server as a whole, and CONNECT is refused", async () => {
  const trace = await ask(port, "TRACE /api/v1/boards HTTP/1.1");
  expect([trace.status, codeOf(trace), trace.headers.allow]).toEqual([
    405,
    "method-not-allowed",
    "GET, HEAD, POST, OPTIONS",
  ]);
  const options = await Promise.all(
    ["/api/v1/keys", "/", "*"].map((target) => ask(port, `OPTIONS ${target} HTTP/1.1`)),
  );
  expect(options.map(({ status, headers }) => [status, headers.allow])).toEqual([
    [204, "GET, HEAD, POST, OPTIONS"],
    [204, "GET, HEAD, OPTIONS"],
    [204, "GET, HEAD, POST, PATCH, DELETE, OPTIONS"],
  ]);
  const connect = await ask(port, "CONNECT localhost:80 HTTP/1.1");
  expect([connect.status, codeOf(connect)]).toEqual([405, "method-not-allowed"]);
});

test.each(["h2c", "websocket"])(
  "an upgrade to %s that is not offered is answered as plain HTTP, also after pages were opened",
  async (protocol) => {
    expect((await ask(port, "GET / HTTP/1.1")).status).toBe(200);
    for (const path of places.slice(0, -1)) {
      const head = ["Host: localhost", `Upgrade: ${protocol}`, "HTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA"];
      const [reply] = await exchange(
        port,
        `GET ${path} HTTP/1.1\r\n${head.join("\r\n")}\r\nConnection: Upgrade, HTTP2-Settings, close\r\n\r\n`,
      );
      expect([path, reply?.status]).toEqual([path, 200]);
    }
  },
);

test.each(["h2c", "websocket"])("so is a post that asks for %s, and its score is stored", async (protocol) => {
  const upgrade = `Upgrade: ${protocol}\r\nHTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA\r\nConnection: Upgrade, HTTP2-Settings, close\r\n`;
  const [reply] = await exchange(port, post(`{"player":"${protocol}","score":3}`, upgrade));
  expect([reply?.status, JSON.parse(reply?.body ?? "{}").results?.[0].status]).toEqual([200, "applied"]);
});

function post(body: string, more = ""): string {
  const head = `Host: localhost\r\nAuthorization: ${authorization}\r\nContent-Type: application/json\r\n`;
  return `POST /api/v1/boards/sample/scores HTTP/1.1\r\n${head}Content-Length: ${Buffer.byteLength(body)}\r\n${more}\r\n${body}`;
}

test("a client that closes its half behind the body has its score stored, and its reply", async () => {
  const [reply] = await exchange(port, post('{"player":"half","score":7}'), { half: true });
  expect(reply?.status).toBe(200);
  expect((await fetch(`http://localhost:${port}/api/v1/boards/sample/players/half`)).status).toBe(200);
});

test("a client that closes its half within the body is refused, and nothing is stored", async () => {
  const [reply] = await exchange(port, post('{"player":"torn","score":7}').slice(0, -3), { half: true });
  expect(reply?.status).toBe(400);
  expect((await fetch(`http://localhost:${port}/api/v1/boards/sample/players/torn`)).status).toBe(404);
});

test("an expectation that is not known is passed over", async () => {
  const [reply] = await exchange(port, post('{"player":"half","score":8}', "Expect: a-reply\r\nConnection: close\r\n"));
  expect(reply?.status).toBe(200);
});

test("a client that waits to be told to go on is told so, and behind a request under way gets its reply whole", async () => {
  const waits = post('{"player":"half","score":9}', "Expect: 100-continue\r\nConnection: close\r\n");
  expect((await exchange(port, waits)).map(({ status }) => status)).toEqual([100, 200]);
  const both = await exchange(port, `${post('{"player":"queue","score":2}')}${waits}`);
  expect(both.map(({ status }) => status)).toEqual([200, 200]);
  expect(both.map(({ body }) => JSON.parse(body).board)).toEqual(["sample", "sample"]);
});

const long = "x".repeat(20_000);
test.each<[string, string, number, string]>([
  ["bytes that are no request", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 400, "bad-request"],
  ["a header without a name", "GET / HTTP/1.1\r\nHost: x\r\n: y\r\n\r\n", 400, "bad-request"],
  ["headers without an end", `GET / HTTP/1.1\r\nHost: x\r\nA: ${long}\r\n\r\n`, 431, "headers-too-large"],
  ["an address without an end", `GET /${long} HTTP/1.1\r\nHost: x\r\n\r\n`, 431, "headers-too-large"],
  ["two lengths", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", 400, "bad-request"],
  [
    "a chunk of no length",
    "POST /api/v1/keys HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    400,
    "bad-request",
  ],
])("%s: a problem, and the connection is closed", async (_, sent, status, code) => {
  const replies = await exchange(port, sent);
  const last = replies.at(-1) as RawReply;
  expect([last.status, codeOf(last), last.headers.connection]).toEqual([status, code, "close"]);
  expect(last.headers["x-content-type-options"]).toBe("nosniff");
});

test("what follows a good request and is no request does not cost the first its reply", async () => {
  const replies = await exchange(port, `${post('{"player":"first","score":1}')}nonsense\r\n\r\n`);
  expect(replies.map(({ status }) => status)).toEqual([200, 400]);
  expect(JSON.parse(replies[0]?.body ?? "").results[0].status).toBe("applied");
});

test.each([
  ...places,
  "/metrics",
  "/metricsfoo",
  "/healthzx",
  "/readyzz",
  "/api",
  "/none",
  "/icon.svg",
  "/api/v1/none",
  "/api/v1/boards/sample/stream",
  "/%ff",
])("%s says what it is, by https alone, and as a page what it may do", async (path) => {
  for (const method of ["GET", "HEAD"]) {
    const { headers } = await ask(port, `${method} ${path} HTTP/1.1`);
    expect(headers).toMatchObject({
      "x-content-type-options": "nosniff",
      "strict-transport-security": "max-age=31536000",
    });
    if (headers["content-type"]?.startsWith("text/html")) {
      expect(headers["content-security-policy"]).toMatch(/default-src '(self|none)';.*frame-ancestors 'none'/);
    }
  }
});
