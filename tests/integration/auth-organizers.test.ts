import { afterAll, beforeAll, expect, test } from "vitest";
import { clientAddressHeader } from "@/lib/auth/client-address";
import { readOrganizer, requireManager, requireOrganizer } from "@/lib/auth/organizer";
import { createOrganizerAuth } from "@/lib/auth/organizer-auth";
import {
  type AuthServices,
  cookieOf,
  everythingStored,
  goodPassword,
  joinFirst,
  startAuth,
} from "@/tests/support/auth";

let services: AuthServices;
let cookie: string;

beforeAll(async () => {
  services = await startAuth();
  ({ cookie } = await joinFirst(services));
});

afterAll(() => services.close());

const right = { email: "ada@example.com", password: goodPassword, rememberMe: true };

let addresses = 0;
/** Each time another one, because tries are counted by address. */
function someAddress(): string {
  return `198.51.100.${++addresses}`;
}

function from(address = someAddress()): Headers {
  return new Headers({ [clientAddressHeader]: address });
}

/** A session to break, with the part of its cookie that Postgres knows. */
async function openSession(): Promise<{ cookie: string; token: string }> {
  const own = cookieOf((await services.organizerAuth.openSession(right, from())).cookies);
  return { cookie: own, token: own.split("=")[1]?.split(".")[0] ?? "" };
}

function post(headers: Record<string, string>): Request {
  return new Request("http://localhost:3000/api/v1/keys", { method: "POST", headers });
}

test("signing in gives a session that reads as the organizer", async () => {
  const { organizer, cookies } = await services.organizerAuth.signIn(right, from());
  expect(organizer).toMatchObject({ name: "Ada", email: "ada@example.com" });
  const headers = new Headers({ cookie: cookieOf(cookies) });
  expect(await readOrganizer(services, headers)).toEqual(organizer);
  expect((await services.organizerAuth.renew(headers)).organizer).toEqual(organizer);
});

test("a session is good on every instance", async () => {
  const other = await services.another();
  expect(await readOrganizer(other, new Headers({ cookie }))).toMatchObject({ name: "Ada" });
  await other.close();
});

test("a wrong password and an unknown address are refused in the same words", async () => {
  const refuse = (input: typeof right) =>
    services.organizerAuth.signIn(input, from()).catch(({ code, message }) => ({ code, message }));
  const wrongPassword = await refuse({ ...right, password: `${goodPassword}!` });
  expect(wrongPassword).toMatchObject({ code: "unauthorized" });
  expect(await refuse({ ...right, email: "nobody@example.com" })).toEqual(wrongPassword);
});

test("the fourth try in ten seconds from one address is turned away, right or wrong, on every instance", async () => {
  const other = await services.another();
  const wrong = { ...right, password: "not the password" };
  const attempt = ({ organizerAuth }: AuthServices, input: typeof right, address: string) =>
    organizerAuth.signIn(input, from(address)).then(
      () => "in",
      (error) => error.code,
    );
  const address = someAddress();
  expect(await attempt(services, wrong, address)).toBe("unauthorized");
  expect(await attempt(other, wrong, address)).toBe("unauthorized");
  expect(await attempt(services, right, address)).toBe("in");
  await expect(other.organizerAuth.signIn(right, from(address))).rejects.toMatchObject({
    code: "too-many-requests",
    retryAfter: expect.toSatisfy((seconds: number) => seconds >= 1 && seconds <= 10),
  });
  expect(await attempt(services, right, someAddress())).toBe("in");
  await other.close();
});

test("signing out ends the session everywhere and takes the cookie back", async () => {
  const headers = new Headers({ cookie: (await openSession()).cookie });
  expect(await readOrganizer(services, headers)).toMatchObject({ name: "Ada" });
  const { organizer, cookies } = await services.organizerAuth.signOut(headers);
  expect(organizer).toBeNull();
  expect(cookies.join()).toMatch(/rungs\.session_token=;.*Max-Age=0/);
  expect(await readOrganizer(services, headers)).toBeNull();
});

test("no cookie, a forged one and an expired session are nobody", async () => {
  expect(await readOrganizer(services, new Headers())).toBeNull();
  expect(await readOrganizer(services, new Headers({ cookie: cookie.slice(0, -8) }))).toBeNull();
  const { cookie: own, token } = await openSession();
  expect(await readOrganizer(services, new Headers({ cookie: `rungs.session_token=${token}` }))).toBeNull();
  const expired = await services.database.sql`
    update organizer_sessions set expires_at = now() - interval '1 second' where token = ${token}`;
  expect(expired.count).toBe(1);
  expect(await readOrganizer(services, new Headers({ cookie: own }))).toBeNull();
});

test("a session signed with another secret is nobody's", async () => {
  const env = { ...services.env, authSecret: "quite-another-secret-for-signing-0123456789" };
  const organizerAuth = createOrganizerAuth({ ...services, env });
  expect(await organizerAuth.read(new Headers({ cookie }))).toBeNull();
});

test("whoever signs in clears away the sessions that have expired", async () => {
  const { token } = await openSession();
  const { sql } = services.database;
  await sql`update organizer_sessions set expires_at = now() - interval '1 second' where token = ${token}`;
  await openSession();
  expect(await sql`select 1 from organizer_sessions where expires_at < now()`).toHaveLength(0);
  expect(await readOrganizer(services, new Headers({ cookie }))).toMatchObject({ name: "Ada" });
});

test("renewing gives a session of yesterday its full week and a new cookie; reading does not", async () => {
  const { cookie: own, token } = await openSession();
  const { sql } = services.database;
  const days = async () => {
    const [row] = await sql<{ days: number }[]>`
      select extract(epoch from expires_at - now())::float / 86400 as days
      from organizer_sessions where token = ${token}`;
    return row?.days ?? 0;
  };
  await sql`update organizer_sessions set expires_at = now() + interval '5 days' where token = ${token}`;
  await services.organizerAuth.read(new Headers({ cookie: own }));
  expect(await days()).toBeLessThan(5.1);
  const { cookies } = await services.organizerAuth.renew(new Headers({ cookie: own }));
  expect(cookies.join()).toContain("Max-Age=604800");
  expect(await days()).toBeGreaterThan(6.9);
});

test("over http the cookie is HttpOnly and SameSite=Lax; over https also Secure and bound to the host", async () => {
  const { cookies } = await services.organizerAuth.signIn(right, from());
  expect(cookies).toHaveLength(1);
  expect(cookies[0]).toMatch(/^rungs\.session_token=/);
  expect(cookies[0]).toMatch(/; HttpOnly/);
  expect(cookies[0]).toMatch(/; SameSite=Lax/);
  expect(cookies[0]).not.toMatch(/Secure/);

  const env = { ...services.env, publicUrl: "https://rungs.example" };
  const organizerAuth = createOrganizerAuth({ ...services, env });
  const secure = await organizerAuth.signIn(right, from());
  expect(secure.cookies[0]).toMatch(/^__Host-rungs\.session_token=/);
  for (const attribute of ["Secure", "HttpOnly", "SameSite=Lax", "Path=/"]) {
    expect(secure.cookies[0]).toContain(`; ${attribute}`);
  }
  expect(secure.cookies[0]).not.toContain("Domain");
  expect(await organizerAuth.read(new Headers({ cookie: cookieOf(secure.cookies) }))).toMatchObject({ name: "Ada" });
});

test("not remembered, the cookie ends with the browser", async () => {
  const { cookies } = await services.organizerAuth.signIn({ ...right, rememberMe: false }, from());
  expect(cookies.find((line) => line.startsWith("rungs.session_token="))).not.toMatch(/Max-Age|Expires/);
});

test("an organizer passes from Rungs' own pages and nowhere else", async () => {
  const json = { cookie, "content-type": "application/json", "content-length": "2" };
  const same = post({ ...json, "sec-fetch-site": "same-origin" });
  expect(await requireOrganizer(services, same)).toMatchObject({ name: "Ada" });
  expect(await requireManager(services, same, "one")).toMatchObject({ kind: "organizer" });
  const forbidden = [
    { ...json, "sec-fetch-site": "cross-site" },
    json,
    { ...json, origin: "https://evil.example" },
    { ...json, "sec-fetch-site": "same-origin", "content-type": "text/plain" },
  ];
  for (const headers of forbidden) {
    await expect(requireOrganizer(services, post(headers))).rejects.toMatchObject({ code: "forbidden" });
    await expect(requireManager(services, post(headers), "one")).rejects.toMatchObject({ code: "forbidden" });
  }
  const nobody = post({ "sec-fetch-site": "same-origin" });
  await expect(requireOrganizer(services, nobody)).rejects.toMatchObject({ code: "unauthorized" });
});

test("no table holds a password, or a cookie that could be used", async () => {
  const { cookies } = await services.organizerAuth.signIn(right, from());
  const stored = await everythingStored(services);
  expect(stored).toContain("ada@example.com");
  expect(stored).toContain("$scrypt$ln=15,r=8,p=3$");
  expect(stored).not.toContain(goodPassword);
  for (const value of [cookie, cookieOf(cookies)].map((pair) => decodeURIComponent(pair.split("=")[1] ?? ""))) {
    expect(value).toMatch(/^\w{32}\../);
    expect(stored).not.toContain(value);
  }
});

test("with Postgres gone, signing in is unavailable rather than refused", async () => {
  const cut = await services.another();
  await cut.database.close();
  await expect(cut.organizerAuth.signIn(right, from())).rejects.toMatchObject({ code: "unavailable" });
  await expect(cut.organizerAuth.read(new Headers({ cookie }))).rejects.toMatchObject({ code: "unavailable" });
});
