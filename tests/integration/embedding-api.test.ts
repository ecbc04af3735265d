import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { embedHostsMax } from "@/lib/domain/embed-hosts";
import { oembedSchema } from "@/lib/http/oembed";
import { type ApiServer, startApi } from "@/tests/support/api-server";
import { type Case, fuzz, wildHeaders, wildQuery, wildSegment } from "@/tests/support/fuzz";
import { problemOf } from "@/tests/support/problem";

let api: ApiServer;
let organizer: Record<string, string>;
let manager: Record<string, string>;

beforeAll(async () => {
  api = await startApi();
  organizer = await api.signIn();
  manager = { authorization: (await api.newKey(["boards:manage"])).authorization };
});

afterAll(() => api.close());

const at = (board: string, rest = "") => `/api/v1/boards/${board}${rest}`;
const site = "http://localhost:3000";

describe("the hosts that may embed a board", () => {
  test("are nobody at first, given with a new board or later, and told to organizers in their plain form", async () => {
    const input = { id: "open", name: "Open", embedHosts: ["https://Bücher.example/", "*.example.org:8443"] };
    const kept = ["xn--bcher-kva.example", "*.example.org:8443"];
    const made = await api.call("POST", "/api/v1/boards", input, manager);
    expect([made.status, made.json().embedHosts]).toEqual([201, kept]);
    const board = await api.newBoard();
    const settings = async (id: string, who = organizer) => (await api.get(at(id, "/settings"), who)).json();
    expect([(await settings("open")).embedHosts, (await settings(board)).embedHosts]).toEqual([kept, []]);
    for (const hosts of [["*"], ["example.org", "EXAMPLE.org"], []]) {
      const changed = await api.call("PATCH", at(board), { embedHosts: hosts }, organizer);
      expect(changed.status).toBe(200);
      expect(await settings(board, manager)).toEqual(changed.json());
    }
    expect((await settings(board)).embedHosts).toEqual([]);
  });

  test("are nothing that the public sees", async () => {
    const board = await api.newBoard({ embedHosts: ["intranet.example.org"] });
    const pages = [at(board), "/api/v1/boards", at(board, "/at"), at(board, "/race")];
    for (const path of pages) {
      const reply = await api.get(path);
      expect([path, reply.status, reply.text.includes("intranet"), reply.text.includes("embed")]).toEqual([
        path,
        200,
        false,
        false,
      ]);
    }
    const { authorization } = await api.newKey(["boards:manage"], ["another"]);
    expect((await api.get(at(board, "/settings"))).status).toBe(401);
    expect((await api.get(at(board, "/settings"), { authorization })).status).toBe(403);
    expect((await api.get(at("none", "/settings"), manager)).status).toBe(404);
  });

  test.each([
    ["a text", "example.org", "/embedHosts", /list/],
    ["null", null, "/embedHosts", /list/],
    ["a number in it", ["example.org", 7], "/embedHosts/1", /string/i],
    ["a path in it", ["example.org", "example.org/x"], "/embedHosts/1", /^must be a host such as/],
    ["http elsewhere", ["http://example.org"], "/embedHosts/0", /^must be a site with https/],
    ["an end of the policy in it", ["example.org; script-src *"], "/embedHosts/0", /^must be a host/],
    ["any site among others", ["*", "example.org"], "/embedHosts", /^must have \* alone/],
    ["all names of a country", ["example.org", "*.co.uk"], "/embedHosts/1", /strangers share$/],
    ["all sites of a host for everybody", ["*.github.io:8443"], "/embedHosts/0", /strangers share$/],
    ["too many", Array.from({ length: embedHostsMax + 1 }, (_, i) => `h${i}.example`), "/embedHosts", /at most 50/],
    ["one too long", ["a".repeat(256)], "/embedHosts/0", /at most 255/],
  ])("are not %s", async (_, embedHosts, pointer, detail) => {
    const board = await api.newBoard();
    const before = await api.rows();
    for (const [method, path, rest] of [
      ["POST", "/api/v1/boards", { id: "bad", name: "Bad" }],
      ["PATCH", at(board), {}],
    ] as const) {
      const reply = await api.call(method, path, { ...rest, embedHosts }, manager);
      const problem = problemOf(reply);
      expect([reply.status, problem.code, problem.errors[0]?.pointer]).toEqual([422, "invalid-request", pointer]);
      expect(problem.errors[0]?.detail).toMatch(detail);
    }
    expect(await api.rows()).toEqual(before);
  });
});

describe("oEmbed", () => {
  const ask = (parameters: Record<string, string>) => api.get(`/api/v1/oembed?${new URLSearchParams(parameters)}`);
  let board: string;

  beforeAll(async () => {
    board = await api.newBoard({ name: `"Cup" <b>& more</b>`, embedHosts: ["example.org"] });
  });

  test("tells how to show a board's page, with its name harmless in the HTML", async () => {
    const reply = await ask({ url: `${site}/boards/${board}` });
    expect([reply.status, reply.headers["content-type"]]).toEqual([200, "application/json"]);
    const found = oembedSchema.parse(reply.json());
    expect(found).toMatchObject({ title: `"Cup" <b>& more</b>`, provider_url: site, width: 480 });
    expect(found.html).toBe(
      `<iframe src="${site}/boards/${board}/embed" title="&quot;Cup&quot; &lt;b&gt;&amp; more&lt;/b&gt;" ` +
        `width="480" height="${found.height}" loading="lazy" style="border: 0"></iframe>`,
    );
    const { etag = "" } = reply.headers;
    const path = `/api/v1/oembed?${new URLSearchParams({ url: `${site}/boards/${board}` })}`;
    expect((await api.get(path, { "if-none-match": etag })).status).toBe(304);
  });

  test("keeps within the room there is", async () => {
    const { width, height, html } = (
      await ask({ url: `${site}/boards/${board}`, maxwidth: "300", maxheight: "200" })
    ).json();
    expect([width, height]).toEqual([300, 200]);
    expect(html).toContain('width="300" height="200"');
    const roomy = (await ask({ url: `${site}/boards/${board}`, maxwidth: "9999", maxheight: "9999" })).json();
    expect([roomy.width, roomy.height < 9_999]).toEqual([480, true]);
  });

  test("takes the address of the page for frames too, and its options along", async () => {
    const src = async (path: string) => {
      const { html, height } = (await ask({ url: `${site}/boards/${board}${path}` })).json();
      return { src: /src="([^"]*)"/.exec(html)?.[1]?.replaceAll("&amp;", "&"), height };
    };
    const five = await src("/embed?rows=5&theme=dark&player=a%26b");
    expect(five.src).toBe(`${site}/boards/${board}/embed?rows=5&theme=dark&player=a%26b`);
    expect((await src("/embed?rows=20")).height).toBeGreaterThan(five.height);
    expect((await src("/?player=ada&utm_source=x#top")).src).toBe(`${site}/boards/${board}/embed?player=ada`);
  });

  test.each([
    ["no address", {}, "url"],
    ["half an address", { url: "/boards/x" }, "url"],
    ["something that is no page", { url: "javascript:alert(1)" }, "url"],
    ["an address without end", { url: `${site}/boards/${"x".repeat(2_100)}` }, "url"],
    ["a width of nothing", { url: `${site}/boards/x`, maxwidth: "0" }, "maxwidth"],
    ["a height in words", { url: `${site}/boards/x`, maxheight: "tall" }, "maxheight"],
  ])("refuses %s with a 400", async (_, parameters, parameter) => {
    const problem = problemOf(await ask(parameters as Record<string, string>));
    expect([problem.status, problem.code]).toEqual([400, "bad-request"]);
    expect(problem.errors.map(({ pointer }) => pointer)).toEqual([parameter]);
  });

  test.each([
    ["a board that is not there", `${site}/boards/none`, "board-not-found"],
    ["another page", `${site}/settings`, "not-found"],
    ["the stage", `${site}/boards/none/stage`, "not-found"],
    ["another site", "https://example.org/boards/none", "not-found"],
    ["another port", "http://localhost:3001/boards/none", "not-found"],
    ["a site that begins alike", "http://localhost:3000@example.org/boards/none", "not-found"],
  ])("answers 404 for %s", async (_, url, code) => {
    const reply = await ask({ url });
    expect([reply.status, problemOf(reply).code]).toEqual([404, code]);
  });

  test("answers 400 for other formats, and as the specification has it for what nobody may embed", async () => {
    for (const format of ["xml", "", "JSON"]) {
      const reply = await ask({ url: `${site}/boards/${board}`, format });
      const { code, errors } = problemOf(reply);
      expect([reply.status, code, errors]).toEqual([
        400,
        "bad-request",
        [{ pointer: "format", detail: "must be json, there is no other" }],
      ]);
    }
    expect((await ask({ url: `${site}/boards/${board}`, format: "json" })).status).toBe(200);
    await api.call("PATCH", at(board), { embedHosts: [] }, organizer);
    const reply = await ask({ url: `${site}/boards/${board}` });
    expect([reply.status, problemOf(reply).code]).toEqual([401, "embedding-off"]);
  });

  test("answers or refuses, whatever is asked", { timeout: 120_000 }, async () => {
    const open = await api.newBoard({ embedHosts: ["*"] });
    const path = (query: string) => `/api/v1/oembed${query}`;
    const right = fc
      .record({ rows: fc.integer({ min: 1, max: 100 }), width: fc.integer({ min: 1, max: 4_000 }) })
      .map(({ rows, width }) => {
        const url = `${site}/boards/${open}/embed?rows=${rows}`;
        return `?${new URLSearchParams({ url, maxwidth: String(width) })}`;
      });
    const odd = fc.tuple(wildSegment, wildQuery).map(([segment, query]) => {
      return `?${new URLSearchParams({ url: `${site}/boards/${segment}${query}`, format: "json" })}`;
    });
    await fuzz(
      api,
      fc.oneof(
        fc.tuple(right, wildHeaders).map(([query, headers]): Case => {
          return { call: { path: path(query), headers }, right: [200, 304] };
        }),
        fc.tuple(odd, wildHeaders).map(([query, headers]): Case => {
          return { call: { path: path(query), headers }, right: [400, 404] };
        }),
        fc.tuple(wildQuery, wildHeaders).map(([query, headers]): Case => {
          return { call: { path: path(query), headers }, right: [400] };
        }),
      ),
    );
  });
});
