import { pino } from "pino";
import { afterAll, beforeAll, expect, test } from "vitest";
import { clientAddressHeader } from "@/lib/auth/client-address";
import { createOrganizerAuth } from "@/lib/auth/organizer-auth";
import { SignInLimits } from "@/lib/auth/sign-in-limits";
import { type AuthServices, goodPassword, joinFirst, startAuth } from "@/tests/support/auth";

let services: AuthServices;
let lines: Record<string, unknown>[];

beforeAll(async () => {
  services = await startAuth();
  await joinFirst(services);
});

afterAll(() => services.close());

function startLimits(): SignInLimits {
  lines = [];
  const logger = pino({ level: "warn" }, { write: (line) => lines.push(JSON.parse(line)) });
  return new SignInLimits({ ...services, logger });
}

let addresses = 0;
const someAddress = () => `198.51.100.${++addresses}`;
const from = (address: string) => new Headers({ [clientAddressHeader]: address });
const tooMany = (least: number, most: number) => ({
  code: "too-many-requests",
  retryAfter: expect.toSatisfy((seconds: number) => seconds >= least && seconds <= most),
});

/** As if an address' own budget were whole again. */
async function waitTenSeconds(): Promise<void> {
  await services.database.sql`update auth_rate_limits set last_request = last_request - 10000`;
}

test("from one address the fourth try is refused for up to ten seconds, for whichever account", async () => {
  const limits = startLimits();
  const address = someAddress();
  for (let i = 0; i < 3; i++) await limits.count(`a${i}@example.com`, address);
  await expect(limits.count("b@example.com", address)).rejects.toMatchObject(tooMany(1, 10));
  await limits.count("b@example.com", someAddress());
  expect(lines).toEqual([expect.objectContaining({ account: "b@example.com", address })]);
});

test("what was refused is refused again without a look at Postgres", async () => {
  const limits = startLimits();
  const address = someAddress();
  const { sql } = services.database;
  for (let i = 0; i < 3; i++) await limits.count("a@example.com", address);
  await expect(limits.count("a@example.com", address)).rejects.toMatchObject(tooMany(1, 10));
  await sql.begin(async (tx) => {
    await tx`lock table auth_rate_limits in access exclusive mode`;
    await expect(limits.count("b@example.com", address)).rejects.toMatchObject(tooMany(1, 10));
  });
});

test("thirty invitations are tried from one address, then one in ten seconds", async () => {
  const limits = startLimits();
  const address = someAddress();
  for (let i = 0; i < 30; i++) await limits.countInvitation(address);
  await expect(limits.countInvitation(address)).rejects.toMatchObject(tooMany(1, 10));
  await limits.countInvitation(someAddress());
  await limits.count("a@example.com", address);
});

test("one account is tried ten times from one address and then once a minute; the right password makes it ten again", async () => {
  const limits = startLimits();
  const [account, address] = ["ten@example.com", someAddress()];
  const tryTimes = async (times: number) => {
    for (let i = 0; i < times; i++) {
      await limits.count(account, address);
      await services.database
        .sql`update auth_rate_limits set last_request = 0 where last_request < ${Date.now() + 40_000}`;
    }
  };
  await tryTimes(10);
  await expect(limits.count(account, address)).rejects.toMatchObject(tooMany(30, 60));
  await limits.succeeded(account, address);
  await tryTimes(10);
});

test("one account is tried fifty times from everywhere, on all instances; where it has a session it can still sign in", async () => {
  const { sql } = services.database;
  const [account, home] = ["ada@example.com", someAddress()];
  const right = { email: account, password: goodPassword, rememberMe: true };
  await services.organizerAuth.signIn(right, from(home));
  await sql`delete from auth_rate_limits`;
  const instances = [startLimits(), startLimits()];
  for (let i = 0; i < 50; i++) await instances[i % 2]?.count(account, `203.0.113.${i}`);
  await expect(instances[0]?.count(account, "203.0.113.200")).rejects.toMatchObject(tooMany(50, 72));
  await expect(services.organizerAuth.signIn(right, from("203.0.113.201"))).rejects.toMatchObject(tooMany(50, 72));
  expect((await services.organizerAuth.signIn(right, from(home))).organizer).toMatchObject({ email: account });
  await instances[1]?.count("somebody.else@example.com", "203.0.113.202");
});

test("budgets that are whole again are not kept", async () => {
  const limits = startLimits();
  const { sql } = services.database;
  await limits.count("c@example.com", someAddress());
  await sql`update auth_rate_limits set last_request = 0`;
  await startLimits().count("d@example.com", someAddress());
  expect(await sql`select 1 from auth_rate_limits where last_request = 0`).toHaveLength(0);
});

test("a failed sign-in is logged with account and address, and neither password nor hash", async () => {
  const written: string[] = [];
  const logger = pino({ level: "info" }, { write: (line) => written.push(line) });
  const organizerAuth = createOrganizerAuth({ ...services, logger });
  await waitTenSeconds();
  const address = someAddress();
  for (const email of ["ada@example.com", "nobody@example.com"]) {
    const input = { email, password: "not the password", rememberMe: true };
    await expect(organizerAuth.signIn(input, from(address))).rejects.toMatchObject({ code: "unauthorized" });
  }
  const logged = written.map((line) => JSON.parse(line));
  expect(logged).toMatchObject([
    { level: 40, account: "ada@example.com", address, msg: "sign-in refused" },
    { level: 40, account: "nobody@example.com", address, msg: "sign-in refused" },
  ]);
  expect(written.join()).not.toMatch(/not the password|scrypt/);
});
