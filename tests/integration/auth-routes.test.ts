import { pino } from "pino";
import { afterAll, beforeAll, expect, test } from "vitest";
import * as sessionRoute from "@/app/api/auth/get-session/route";
import * as signInRoute from "@/app/api/auth/sign-in/email/route";
import * as signOutRoute from "@/app/api/auth/sign-out/route";
import { routes } from "@/app/api/routes";
import * as acceptRoute from "@/app/api/v1/invitations/accept/route";
import * as invitationsRoute from "@/app/api/v1/invitations/route";
import * as keyRoute from "@/app/api/v1/keys/[id]/route";
import * as keysRoute from "@/app/api/v1/keys/route";
import { clientAddressHeader } from "@/lib/auth/client-address";
import { createFirstOrganizerLink } from "@/lib/auth/first-organizer";
import { readEnv } from "@/lib/env";
import { RouteTable } from "@/lib/http/route-table";
import { createServices, type Services } from "@/lib/services";
import { authSecret, cookieOf, goodPassword } from "@/tests/support/auth";
import { tokenOf } from "@/tests/support/join-links";
import { createTestDatabase } from "@/tests/support/postgres";

let services: Services;
let cookie: string;

beforeAll(async () => {
  const env = { ...readEnv({ NODE_ENV: "test" }), databaseUrl: await createTestDatabase(), authSecret };
  services = await createServices(env, pino({ level: "silent" }), { background: false });
  const token = tokenOf(await createFirstOrganizerLink(services));
  const joined = await post(acceptRoute.POST, { token, name: "Ada", email: "ada@example.com", password: goodPassword });
  expect(joined.status).toBe(201);
  expect(await joined.json()).toMatchObject({ organizer: { name: "Ada" } });
  cookie = cookieOf(joined.headers.getSetCookie());
});

afterAll(() => services.close());

type Route<P> = (request: Request, context: { params: Promise<P> }) => Promise<Response>;

const sameOrigin = { "sec-fetch-site": "same-origin" };

function call<P>(route: Route<P>, init: RequestInit, params?: P): Promise<Response> {
  return route(new Request("http://localhost:3000/api", init), { params: Promise.resolve((params ?? {}) as P) });
}

function post<P>(route: Route<P>, body: unknown, headers: Record<string, string> = sameOrigin) {
  const init = {
    method: "POST",
    body: JSON.stringify(body),
    headers: { "content-type": "application/json", ...headers },
  };
  return call(route, init);
}

const signedIn = () => ({ ...sameOrigin, cookie });

test("an organizer makes a key, sees it listed without its secret, and revokes it", async () => {
  const made = await post(keysRoute.POST, { name: "backend", scopes: ["scores:write"] }, signedIn());
  expect(made.status).toBe(201);
  expect(made.headers.get("cache-control")).toBe("no-store");
  const { key, ...view } = await made.json();
  expect(await services.apiKeys.verify(key)).toMatchObject({ id: view.id, boards: null });

  const list = () => call(keysRoute.GET, { headers: { cookie } }).then((reply) => reply.text());
  expect(await list()).toContain(view.id);
  expect(await list()).not.toContain(key.slice(-43));

  const revoke = (id: string) => call(keyRoute.DELETE, { method: "DELETE", headers: signedIn() }, { id });
  expect((await revoke(view.id)).status).toBe(204);
  expect(await services.apiKeys.verify(key)).toBeNull();
  expect((await revoke("nobody")).status).toBe(404);
  expect((await revoke("a\u0000b")).status).toBe(404);
});

test("without a session nothing of it is to be had: 401", async () => {
  const replies = [
    await call(keysRoute.GET, {}),
    await post(keysRoute.POST, { name: "x", scopes: ["scores:write"] }),
    await call(keyRoute.DELETE, { method: "DELETE", headers: sameOrigin }, { id: "x" }),
    await call(invitationsRoute.GET, {}),
    await call(invitationsRoute.POST, { method: "POST", headers: sameOrigin }),
  ];
  expect(replies.map(({ status }) => status)).toEqual([401, 401, 401, 401, 401]);
});

test("from another site nothing can be changed, session or not: 403", async () => {
  const elsewhere = { "sec-fetch-site": "cross-site", cookie };
  const signIn = { email: "ada@example.com", password: goodPassword };
  const replies = [
    await post(keysRoute.POST, { name: "x", scopes: ["scores:write"] }, elsewhere),
    await call(keyRoute.DELETE, { method: "DELETE", headers: elsewhere }, { id: "x" }),
    await call(invitationsRoute.POST, { method: "POST", headers: elsewhere }),
    await post(acceptRoute.POST, { token: "x" }, elsewhere),
    await post(signInRoute.POST, signIn, elsewhere),
    await call(signOutRoute.POST, { method: "POST", headers: elsewhere }),
    await post(keysRoute.POST, {}, { ...signedIn(), "content-type": "text/plain" }),
  ];
  expect(replies.map(({ status }) => status)).toEqual([403, 403, 403, 403, 403, 403, 403]);
});

test("an invitation is shown once, listed without its token, and lets one person in", async () => {
  const made = await call(invitationsRoute.POST, { method: "POST", headers: signedIn() });
  expect(made.status).toBe(201);
  const { url, expiresAt } = await made.json();
  const listed = await call(invitationsRoute.GET, { headers: { cookie } }).then((reply) => reply.text());
  expect(JSON.parse(listed)).toMatchObject({ invitations: [{ kind: "invite", invitedBy: "Ada", expiresAt }] });
  expect(listed).not.toContain(tokenOf(url));

  const person = { token: tokenOf(url), name: "Grace", email: "grace@example.com", password: goodPassword };
  const weak = await post(acceptRoute.POST, { ...person, password: "password1234" });
  expect(weak.status).toBe(422);
  expect((await weak.json()).errors).toEqual([{ pointer: "/password", detail: "is too common" }]);
  const taken = await post(acceptRoute.POST, { ...person, email: "ADA@example.com" });
  expect(taken.status).toBe(422);
  expect((await taken.json()).errors[0].pointer).toBe("/email");
  expect((await post(acceptRoute.POST, person)).status).toBe(201);
  expect((await post(acceptRoute.POST, { ...person, email: "eve@example.com" })).status).toBe(410);
});

test("signing in, asking who one is, and signing out", async () => {
  const credentials = { email: "Ada@example.com", password: goodPassword };
  const entered = await post(signInRoute.POST, credentials, sameOrigin);
  expect(entered.status).toBe(200);
  const headers = { ...sameOrigin, cookie: cookieOf(entered.headers.getSetCookie()) };
  const whoAmI = () => call(sessionRoute.GET, { headers }).then((reply) => reply.json());
  expect(await whoAmI()).toEqual({ organizer: { id: expect.any(String), name: "Ada", email: "ada@example.com" } });
  const left = await call(signOutRoute.POST, { method: "POST", headers });
  expect(left.status).toBe(200);
  expect(left.headers.getSetCookie().join()).toContain("Max-Age=0");
  expect(await whoAmI()).toEqual({ organizer: null });
});

test("a wrong password is a 401 in problem details, and too many are a 429 with Retry-After", async () => {
  const wrong = { email: "ada@example.com", password: "not the password" };
  const address = { ...sameOrigin, [clientAddressHeader]: "198.51.100.7" };
  const attempt = () => post(signInRoute.POST, wrong, address);
  const [first] = [await attempt(), await attempt(), await attempt()];
  expect(first?.status).toBe(401);
  expect(first?.headers.get("content-type")).toBe("application/problem+json");
  const limited = await attempt();
  expect(limited.status).toBe(429);
  expect(Number(limited.headers.get("retry-after"))).toBeGreaterThan(0);
  expect((await limited.json()).code).toBe("too-many-requests");
});

test.each([
  ...[
    "sign-up/email",
    "sign-in/social",
    "request-password-reset",
    "update-user",
    "delete-user",
    "sign-in",
    "ok",
    "error",
  ],
  ...["list-sessions", "callback/x"],
])("better-auth's %s is not there", (path) => {
  expect(new RouteTable(routes).find(`/api/auth/${path}`)).toBeNull();
});

test.each([
  ["not JSON", "{", 400],
  ["a list", "[]", 422],
  ["nothing in it", "{}", 422],
  ["a NUL in the name", { name: "\u0000", scopes: ["scores:write"] }, 422],
  ["half a character in the name", '{"name":"\\ud800","scopes":["scores:write"]}', 422],
  ["no scope", { name: "x", scopes: [] }, 422],
  ["an unknown scope", { name: "x", scopes: ["everything"] }, 422],
  ["a scope twice", { name: "x", scopes: ["scores:write", "scores:write"] }, 422],
  ["no boards at all", { name: "x", scopes: ["scores:write"], boards: [] }, 422],
  ["a bad board id", { name: "x", scopes: ["scores:write"], boards: ["No Board"] }, 422],
  ["something unknown", { name: "x", scopes: ["scores:write"], admin: true }, 422],
  ["65 kB", { name: "x".repeat(66_000), scopes: ["scores:write"] }, 413],
])("a key is not made from %s", async (_, body, status) => {
  const init = { method: "POST", body: typeof body === "string" ? body : JSON.stringify(body) };
  const headers = { ...signedIn(), "content-type": "application/json" };
  const before = await services.apiKeys.list();
  expect((await call(keysRoute.POST, { ...init, headers })).status).toBe(status);
  expect(await services.apiKeys.list()).toEqual(before);
});
