import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createInvitation } from "@/lib/auth/invitations";
import { acceptInvitationInput, createKeyInput, signInInput } from "@/lib/domain/access";
import { createBoardInput, updateBoardInput } from "@/lib/domain/board";
import { type ApiServer, startApi } from "@/tests/support/api-server";
import { goodPassword } from "@/tests/support/auth";
import { damagedBytes } from "@/tests/support/broken-json";
import { bodyCases, type Case, fuzz, headerText, wildHeaders } from "@/tests/support/fuzz";
import type { HttpCall } from "@/tests/support/http-client";
import { tokenOf } from "@/tests/support/join-links";
import { arbitraryOf } from "@/tests/support/schema-arbitrary";

let api: ApiServer;
let boards: string[];
let manager: string;
let organizer: Record<string, string>;

beforeAll(async () => {
  api = await startApi({ env: { TRUSTED_PROXIES: "127.0.0.1" } });
  organizer = await api.signIn();
  manager = (await api.newKey(["boards:manage"])).authorization;
  boards = await Promise.all(Array.from({ length: 20 }, () => api.newBoard()));
});

afterAll(() => api.close());

test("a board is made exactly when the schema accepts it", { timeout: 120_000 }, async () => {
  await fuzz(
    api,
    bodyCases({
      method: "POST",
      path: fc.constant("/api/v1/boards"),
      schema: createBoardInput,
      headers: () => ({ authorization: manager }),
      right: [201, 409],
    }),
  );
});

test("a board is changed exactly when the schema accepts it", { timeout: 120_000 }, async () => {
  await fuzz(
    api,
    bodyCases({
      method: "PATCH",
      path: fc.nat(boards.length - 1).map((i) => `/api/v1/boards/${boards[i]}`),
      schema: updateBoardInput,
      headers: () => organizer,
      right: [200],
    }),
  );
});

test("a key is made exactly when the schema accepts it", { timeout: 120_000 }, async () => {
  await fuzz(
    api,
    bodyCases({
      method: "POST",
      path: fc.constant("/api/v1/keys"),
      schema: createKeyInput,
      headers: () => organizer,
      right: [201],
    }),
  );
});

test("an invitation is made for organizers and nobody else", { timeout: 120_000 }, async () => {
  const body = fc.oneof(fc.constant(""), damagedBytes(fc.constant({ name: "x" })));
  const call = (headers: Record<string, string>, text: string | Buffer): HttpCall => ({
    method: "POST",
    path: "/api/v1/invitations",
    headers,
    body: text,
  });
  const type = { "content-type": "application/json" };
  await fuzz(
    api,
    fc.oneof(
      fc.tuple(wildHeaders, body).map(([wild, text]): Case => {
        return { call: call({ ...wild, ...type, ...organizer }, text), right: [201] };
      }),
      fc.tuple(wildHeaders, body).map(([wild, text]): Case => ({ call: call(wild, text), right: [401, 403] })),
      fc.tuple(headerText, body).map(([cookie, text]): Case => {
        return { call: call({ ...type, "sec-fetch-site": "same-origin", cookie }, text), right: [401] };
      }),
    ),
  );
});

test("an invitation is accepted when it is good, and only then", { timeout: 120_000 }, async () => {
  const call = { method: "POST", path: "/api/v1/invitations/accept" };
  let addresses = 0;
  // One address may try thirty times.
  const headers = () => ({ "sec-fetch-site": "same-origin", "x-forwarded-for": `2001:db8:${++addresses}::1` });
  await fuzz(
    api,
    bodyCases({ ...call, path: fc.constant(call.path), schema: acceptInvitationInput, headers, right: [410] }),
  );
  for (const input of fc.sample(arbitraryOf(acceptInvitationInput), 3)) {
    const inviter = (await api.get("/api/auth/get-session", organizer)).json().organizer;
    const token = tokenOf((await createInvitation(api.services, inviter)).url);
    const reply = await api.call("POST", call.path, { ...(input as object), token }, headers());
    expect([input, reply.status]).toEqual([input, 201]);
  }
});

test("whoever signs in gets in with the right password, else is refused in good order", {
  timeout: 120_000,
}, async () => {
  const call = { method: "POST", path: "/api/auth/sign-in/email" };
  const headers = () => ({ "sec-fetch-site": "same-origin" });
  const forgetTries = () => api.services.database.sql`delete from auth_rate_limits`;
  await fuzz(
    api,
    bodyCases({ ...call, path: fc.constant(call.path), schema: signInInput, headers, right: [401, 429] }),
    // Checking a password takes its time on purpose.
    async (batch) => batch % 200 === 0 && forgetTries(),
  );
  await forgetTries();
  const right = { email: "ada@example.com", password: goodPassword };
  const elsewhere = { ...headers(), "x-forwarded-for": "192.0.2.1" };
  expect((await api.call("POST", call.path, right, elsewhere)).status).toBe(200);
});
