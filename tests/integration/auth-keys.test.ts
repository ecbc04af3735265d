import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { openDatabase } from "@/db/client";
import { createApiKeys } from "@/lib/auth/api-keys";
import { requireManager } from "@/lib/auth/organizer";
import { requireKey } from "@/lib/auth/require-key";
import type { CreateKeyInput } from "@/lib/domain/access";
import { type AuthServices, everythingStored, joinFirst, startAuth } from "@/tests/support/auth";

let services: AuthServices;
let other: AuthServices;

beforeAll(async () => {
  services = await startAuth();
  other = await services.another();
});

afterAll(async () => {
  await other.close();
  await services.close();
});

const input: CreateKeyInput = { name: "game backend", scopes: ["scores:write"], boards: null };

function bearing(key: string, method = "POST"): Request {
  return new Request("http://localhost/", { method, headers: { authorization: `Bearer ${key}` } });
}

test("a created key has the documented form and is verified with its scopes and boards", async () => {
  const created = await services.apiKeys.create({ ...input, boards: ["one", "two"] });
  expect(created.key).toMatch(/^rungs_[0-9A-Za-z]{12}_[0-9A-Za-z]{49}$/);
  expect(created).toMatchObject({ name: "game backend", lastUsedAt: null, revokedAt: null });
  expect(await services.apiKeys.verify(created.key)).toEqual({
    id: created.id,
    scopes: ["scores:write"],
    boards: ["one", "two"],
  });
});

test("another secret, another id or anything else is no key", async () => {
  const { key, id } = await services.apiKeys.create(input);
  const secret = key.slice(-49, -6);
  const wrong = [
    `rungs_${id}_${secret.slice(0, -1)}${secret.endsWith("A") ? "B" : "A"}`,
    `rungs_${"A".repeat(12)}_${secret}`,
    `Rungs_${id}_${secret}`,
    `${key}\n`,
    `${key}A`,
    key.slice(0, -1),
    id,
    "",
  ];
  for (const attempt of wrong) expect(await services.apiKeys.verify(attempt)).toBeNull();
  expect(await services.apiKeys.verify(key)).not.toBeNull();
});

test("a revoked key is refused at once where it was revoked, and within a second everywhere else", async () => {
  const { key, id } = await services.apiKeys.create(input);
  expect(await other.apiKeys.verify(key)).not.toBeNull();
  expect(await services.apiKeys.revoke(id)).toBe(true);
  const revoked = performance.now();
  expect(await services.apiKeys.verify(key)).toBeNull();
  let lastAccepted = revoked;
  const refused = async () => {
    const asked = performance.now();
    const accepted = await other.apiKeys.verify(key);
    if (accepted) lastAccepted = asked;
    expect(accepted).toBeNull();
  };
  await vi.waitFor(refused, { timeout: 5_000, interval: 20 });
  expect(lastAccepted - revoked).toBeLessThan(1_000);
});

test("revoking again keeps the first time, and revoking a stranger says so", async () => {
  const { id } = await services.apiKeys.create(input);
  await services.apiKeys.revoke(id);
  const first = (await services.apiKeys.list()).find((key) => key.id === id)?.revokedAt;
  expect(await services.apiKeys.revoke(id)).toBe(true);
  expect((await services.apiKeys.list()).find((key) => key.id === id)?.revokedAt).toBe(first);
  expect(await services.apiKeys.revoke("nobody")).toBe(false);
});

test("keys are listed newest first, revoked ones last, without anything secret", async () => {
  const old = await services.apiKeys.create({ ...input, name: "old" });
  const gone = await services.apiKeys.create({ ...input, name: "gone" });
  const young = await services.apiKeys.create({ ...input, name: "young" });
  await services.apiKeys.revoke(gone.id);
  const listed = await services.apiKeys.list();
  const places = [young, old, gone].map(({ id }) => listed.findIndex((key) => key.id === id));
  expect(places).toEqual([...places].sort((a, b) => a - b));
  expect(Object.keys(listed[0] ?? {}).sort()).toEqual(
    ["id", "name", "scopes", "boards", "createdAt", "lastUsedAt", "revokedAt"].sort(),
  );
});

test("use is recorded on close, never backwards", async () => {
  const used = await services.another();
  const { key, id } = await used.apiKeys.create(input);
  const before = Date.now();
  await used.apiKeys.verify(key);
  await used.close();
  const recorded = await lastUsed(id);
  expect(recorded).toBeGreaterThanOrEqual(before);
  expect(recorded).toBeLessThanOrEqual(Date.now());
  await services.database.sql`update api_keys set last_used_at = now() + interval '1 day' where id = ${id}`;
  const later = await lastUsed(id);
  const again = await services.another();
  await again.apiKeys.verify(key);
  await again.close();
  expect(await lastUsed(id)).toBe(later);
});

test("use is recorded about every ten seconds", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  const recording = createApiKeys(services);
  try {
    const { key, id } = await services.apiKeys.create(input);
    await recording.verify(key);
    expect(await lastUsed(id)).toBe(0);
    vi.advanceTimersByTime(10_000);
    vi.useRealTimers();
    await vi.waitFor(async () => expect(await lastUsed(id)).toBeGreaterThan(0), { timeout: 5_000 });
  } finally {
    vi.useRealTimers();
    await recording.close();
  }
});

test("without Postgres a key can be neither confirmed nor denied: unavailable", async () => {
  const database = openDatabase("postgres://nobody@127.0.0.1:1/none");
  const apiKeys = createApiKeys({ ...services, database });
  const key = `rungs_${"a".repeat(12)}_${"b".repeat(43)}`;
  await expect(apiKeys.verify(key)).rejects.toMatchObject({ name: "RungsError", code: "unavailable", retryAfter: 1 });
  expect(await apiKeys.verify("not a key")).toBeNull();
  await database.close();
});

test("the guards let a key do what it was made for and nothing else", async () => {
  const writer = await services.apiKeys.create(input);
  const manager = await services.apiKeys.create({ ...input, scopes: ["boards:manage"], boards: ["one"] });
  expect((await requireKey(services, `Bearer ${writer.key}`, "scores:write", "any", null)).id).toBe(writer.id);
  await expect(requireManager(services, bearing(writer.key), "one")).rejects.toMatchObject({ code: "forbidden" });
  expect(await requireManager(services, bearing(manager.key), "one")).toMatchObject({ kind: "key" });
  await expect(requireManager(services, bearing(manager.key), "two")).rejects.toMatchObject({ code: "forbidden" });
  await expect(requireManager(services, bearing("rubbish"), "one")).rejects.toMatchObject({ code: "unauthorized" });
});

test("a request with a key is judged by the key alone, whatever cookies it has and wherever it comes from", async () => {
  const { cookie } = await joinFirst(services);
  const { key } = await services.apiKeys.create(input);
  const manager = await services.apiKeys.create({ ...input, scopes: ["boards:manage"] });
  const request = (bearer: string) =>
    new Request("http://localhost/", {
      method: "POST",
      headers: { authorization: `Bearer ${bearer}`, cookie, "sec-fetch-site": "cross-site" },
    });
  await expect(requireManager(services, request(key), "one")).rejects.toMatchObject({ code: "forbidden" });
  expect(await requireManager(services, request(manager.key), "one")).toMatchObject({ kind: "key" });
});

test("no table holds a key or its secret", async () => {
  const { key, id } = await services.apiKeys.create(input);
  const stored = await everythingStored(services);
  expect(stored).toContain(id);
  expect(stored).not.toContain(key);
  expect(stored).not.toContain(key.slice(-49, -6));
});

async function lastUsed(id: string): Promise<number> {
  const [row] = await services.database.sql<{ at: string | null }[]>`
    select last_used_at as at from api_keys where id = ${id}`;
  return row?.at ? new Date(row.at).getTime() : 0;
}
