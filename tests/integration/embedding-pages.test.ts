/**
 * Who may show a page in a frame, as browsers are told: under Rungs' own server and under plain `next start`, which here
 * are two instances on one database and one Redis.
 */
import { afterAll, beforeAll, expect, test } from "vitest";
import { type BothServers, type Server, startBothServers } from "@/tests/support/both-servers";
import type { HttpReply } from "@/tests/support/http-client";

let servers: BothServers;
let instances: Server[];

beforeAll(async () => {
  servers = await startBothServers();
  instances = [servers.own, servers.plain];
  await change("POST", "", { id: "cup", name: "Cup" });
  await change("POST", "", { id: "other", name: "Other", embedHosts: ["*"] });
});

afterAll(() => servers?.stop());

/** A change holds everywhere within about a second; the machine may be busy. */
const holdsWithinMs = 2_000;

async function change(method: string, board: string, body: object): Promise<void> {
  const headers = { authorization: servers.authorization, "content-type": "application/json" };
  const path = `/api/v1/boards${board}`;
  const reply = await servers.own.send({ method, path, headers, body: JSON.stringify(body) });
  expect(reply.status).toBeLessThan(300);
}

function ancestorsIn({ headers }: HttpReply): string | undefined {
  expect(headers["x-frame-options"]).toBeUndefined();
  return /(?:^|; )frame-ancestors ([^;]*)/.exec(String(headers["content-security-policy"]))?.[1];
}

const embedded = (board: string) =>
  Promise.all(instances.map(async (instance) => ancestorsIn(await instance.send({ path: `/boards/${board}/embed` }))));

test("nobody may, until an organizer says so, and then on every instance within about a second, and no longer", async () => {
  expect(await embedded("cup")).toEqual(["'none'", "'none'"]);
  for (const [embedHosts, ancestors] of [
    [
      ["example.org", "*.example.com:8443", "localhost:5173"],
      "https://example.org https://*.example.com:8443 http://localhost:5173",
    ],
    [["*"], "*"],
    [[], "'none'"],
  ] as const) {
    await change("PATCH", "/cup", { embedHosts });
    const both = [ancestors, ancestors];
    await expect.poll(() => embedded("cup"), { timeout: holdsWithinMs, interval: 50 }).toEqual(both);
  }
});

test("every other page stays for nobody, whatever the board says, and so does what only looks like its page", async () => {
  expect(await embedded("other")).toEqual(["*", "*"]);
  const paths = [
    ...["/", "/settings", "/sign-in", "/no/such/page", "/boards/other", "/boards/other/stage", "/boards/other/overlay"],
    ...["/boards/none/embed", "/boards/OTHER/embed", "/boards/other/embed/x", "/boards/other%2Fembed", "/other/embed"],
  ];
  for (const instance of instances) {
    for (const path of paths) {
      const reply = await instance.send({ path });
      expect([path, reply.status < 500, ancestorsIn(reply)]).toEqual([path, true, "'none'"]);
    }
  }
});

test("the page itself says no more than the others, needs no cookie and sets none", async () => {
  for (const instance of instances) {
    const reply = await instance.send({ path: "/boards/other/embed" });
    expect(reply.status).toBe(200);
    expect(reply.headers["set-cookie"]).toBeUndefined();
    expect(reply.headers["content-security-policy"]).toContain("default-src 'self'; script-src 'self' 'nonce-");
    expect(reply.headers["cache-control"]).toMatch(/no-store|private/);
    expect((await instance.send({ path: "/boards/none/embed" })).status).toBe(404);
  }
});

test("the board's page names the way to embed it where that is allowed, and nothing where it is not", async () => {
  for (const instance of instances) {
    const [open, closed] = await Promise.all(
      ["other", "cup"].map(async (board) => (await instance.send({ path: `/boards/${board}` })).text),
    );
    const link = /<link [^>]*type="application\/json\+oembed"[^>]*>/.exec(open ?? "")?.[0];
    const href = /href="([^"]*)"/.exec(link ?? "")?.[1]?.replaceAll("&amp;", "&") ?? "";
    expect(link).toContain('rel="alternate"');
    expect(closed).not.toContain("oembed");
    const reply = await instance.send({ path: href.replace(/^https?:\/\/[^/]*/, "") });
    expect([reply.status, reply.json().title]).toEqual([200, "Other"]);
  }
});
