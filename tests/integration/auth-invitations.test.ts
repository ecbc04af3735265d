import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { acceptInvitation } from "@/lib/auth/accept-invitation";
import { createFirstOrganizerLink } from "@/lib/auth/first-organizer";
import { createInvitation, listInvitations } from "@/lib/auth/invitations";
import { readOrganizer } from "@/lib/auth/organizer";
import {
  type AuthServices,
  cookieOf,
  everythingStored,
  goodPassword,
  joinFirst,
  startAuth,
} from "@/tests/support/auth";
import { tokenOf } from "@/tests/support/join-links";

type AcceptServices = Parameters<typeof acceptInvitation>[0];

let services: AuthServices;

beforeEach(async () => {
  services = await startAuth();
});

afterEach(() => services.close());

/** Uses a link, sparing the time that a real password hash and sign-in take. */
function accept(token: string, more: { email?: string } = {}, where = services) {
  const organizerAuth = {
    ...where.organizerAuth,
    hashPassword: () => Promise.resolve("no hash"),
    openSession: () => Promise.resolve({ organizer: null, cookies: [] }),
  };
  return acceptFully(token, more, { ...where, organizerAuth });
}

function acceptFully(token: string, more: { email?: string } = {}, where: AcceptServices = services) {
  const input = { token, name: "Grace", email: "grace@example.com", password: goodPassword, ...more };
  return acceptInvitation(where, input, new Headers());
}

async function organizers(): Promise<string[]> {
  const rows = await services.database.sql<{ email: string }[]>`select email from organizers order by email`;
  return rows.map(({ email }) => email);
}

test("the first link makes an organizer, signed in, and works once", async () => {
  const link = await createFirstOrganizerLink(services);
  expect(link).toMatch(/^http:\/\/localhost:3000\/join#token=[\w-]{43}$/);
  const { organizer, cookies } = await acceptFully(tokenOf(link));
  expect(organizer).toMatchObject({ name: "Grace", email: "grace@example.com" });
  expect(await readOrganizer(services, new Headers({ cookie: cookieOf(cookies) }))).toEqual(organizer);
  await expect(accept(tokenOf(link), { email: "b@example.com" })).rejects.toMatchObject({ code: "invitation-invalid" });
  expect(await organizers()).toEqual(["grace@example.com"]);
});

test("there is no first link once there is an organizer", async () => {
  await joinFirst(services);
  expect(await createFirstOrganizerLink(services)).toBeNull();
});

test("a new first link makes the one before it worthless", async () => {
  const old = tokenOf(await createFirstOrganizerLink(services));
  const young = tokenOf(await createFirstOrganizerLink(services));
  await expect(accept(old)).rejects.toMatchObject({ code: "invitation-invalid" });
  await accept(young);
});

test("a first link left over is refused once there is an organizer", async () => {
  const link = tokenOf(await createFirstOrganizerLink(services));
  const { sql } = services.database;
  await sql`insert into organizers (id, name, email) values ('x', 'X', 'x@example.com')`;
  await expect(accept(link)).rejects.toMatchObject({ code: "invitation-invalid" });
  expect(await organizers()).toEqual(["x@example.com"]);
});

/** Lets two attempts both get as far as their link, and only then go on: the closest race there is. */
async function race(one: () => Promise<unknown>, two: () => Promise<unknown>): Promise<unknown[]> {
  const { sql } = services.database;
  let outcomes: Promise<PromiseSettledResult<unknown>[]> | undefined;
  await sql.begin(async (tx) => {
    await tx`select 1 from invitations for update`;
    outcomes = Promise.allSettled([one(), two()]);
    const waiting = () => sql<{ n: number }[]>`
      select count(*)::int as n from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`;
    await vi.waitFor(async () => expect((await waiting())[0]?.n).toBe(2), { timeout: 10_000 });
  });
  return ((await outcomes) ?? []).map((outcome) =>
    outcome.status === "fulfilled" ? "in" : (outcome.reason as { code: string }).code,
  );
}

test.each(["first", "invite"])("of two people with one link (%s) exactly one gets in", async (kind) => {
  const token = tokenOf(await createFirstOrganizerLink(services));
  await services.database.sql`update invitations set kind = ${kind}`;
  const other = await services.another();
  const outcomes = await race(
    () => accept(token, { email: "a@example.com" }),
    () => accept(token, { email: "b@example.com" }, other),
  );
  expect(outcomes.sort()).toEqual(["in", "invitation-invalid"]);
  expect(await organizers()).toHaveLength(1);
  await other.close();
});

test("of two people with two first links exactly one gets in", async () => {
  const { sql } = services.database;
  const one = tokenOf(await createFirstOrganizerLink(services));
  await sql`update invitations set kind = 'invite'`;
  const two = tokenOf(await createFirstOrganizerLink(services));
  await sql`update invitations set kind = 'first'`;
  const outcomes = await race(
    () => accept(one, { email: "a@example.com" }),
    () => accept(two, { email: "b@example.com" }),
  );
  expect(outcomes.sort()).toEqual(["in", "invitation-invalid"]);
  expect(await organizers()).toHaveLength(1);
});

test("an organizer's invitation lets one more in, for seven days", async () => {
  const { organizer } = await joinFirst(services);
  const { url, expiresAt } = await createInvitation(services, organizer);
  const days = (Date.parse(expiresAt) - Date.now()) / 86_400_000;
  expect(days).toBeGreaterThan(6.99);
  expect(days).toBeLessThan(7.01);
  expect(await listInvitations(services)).toEqual([
    { kind: "invite", invitedBy: "Ada", createdAt: expect.any(String), expiresAt },
  ]);
  await accept(tokenOf(url));
  expect(await organizers()).toEqual(["ada@example.com", "grace@example.com"]);
  expect(await listInvitations(services)).toEqual([]);
  await expect(accept(tokenOf(url), { email: "b@example.com" })).rejects.toMatchObject({ code: "invitation-invalid" });
});

test("an email address that is taken leaves the link good", async () => {
  const { organizer } = await joinFirst(services);
  const token = tokenOf((await createInvitation(services, organizer)).url);
  await expect(accept(token, { email: "ada@example.com" })).rejects.toMatchObject({
    code: "invalid-request",
    errors: [{ pointer: "/email", detail: expect.any(String) }],
  });
  expect(await organizers()).toEqual(["ada@example.com"]);
  await accept(token);
});

test("a token that never was, and one that expired, are refused", async () => {
  await expect(accept("no-such-token")).rejects.toMatchObject({ code: "invitation-invalid" });
  const token = tokenOf(await createFirstOrganizerLink(services));
  await services.database.sql`update invitations set expires_at = now() - interval '1 second'`;
  await expect(accept(token)).rejects.toMatchObject({ code: "invitation-invalid" });
  expect(await organizers()).toEqual([]);
});

test("an account that cannot be signed in at once still stands, without a cookie", async () => {
  const token = tokenOf(await createFirstOrganizerLink(services));
  const organizerAuth = {
    ...services.organizerAuth,
    openSession: () => Promise.reject(new Error("no session")),
  };
  const joined = await acceptFully(token, {}, { ...services, organizerAuth });
  expect(joined.cookies).toEqual([]);
  const input = { email: "grace@example.com", password: goodPassword, rememberMe: true };
  expect((await services.organizerAuth.signIn(input, new Headers())).organizer).toEqual(joined.organizer);
});

test("no table holds a link's token", async () => {
  const first = tokenOf(await createFirstOrganizerLink(services));
  expect(await everythingStored(services)).not.toContain(first);
  const { organizer } = await joinFirst(services);
  const { url } = await createInvitation(services, organizer);
  expect(await everythingStored(services)).not.toContain(tokenOf(url));
});
