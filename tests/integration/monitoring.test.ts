/** The dashboard, the alerts and the documentation name metrics, labels and values that a server in use really has. */
import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { readKeyspace } from "@/db/keyspace";
import { boardKeys } from "@/lib/rank-index/redis-scripts";
import { createRedis } from "@/lib/redis/client";
import { type ApiServer, startApi } from "@/tests/support/api-server";
import { redisUrl } from "@/tests/support/redis";
import { metric, type Sample, scrape } from "@/tests/support/scrape";

let api: ApiServer;
let samples: Sample[];

beforeAll(async () => {
  api = await startApi();
  const board = await api.newBoard({ delivery: "sse" });
  const path = `/api/v1/boards/${board}`;
  await api.score(board, { player: "a", score: 1 });
  const { headers } = await api.get(path);
  for (let i = 0; i < 2; i++) await api.get(path, { "if-none-match": headers.etag ?? "" });
  await api.send({ path: `${path}/stream` }, (text) => text.includes("snapshot"));
  await readInbox(board);
  await differ(board);
  await fail(board);
  api.services.drain();
  await api.get("/readyz");
  await api.get("/api/v1/boards");
  samples = await scrape(api);
});

afterAll(() => api.close());

async function readInbox(board: string): Promise<void> {
  const { authorization } = await api.newKey(["scores:write"]);
  const { token } = (await api.call("POST", "/api/v1/players/a/token", {}, { authorization })).json();
  await api.get(`/api/v1/boards/${board}/players/a/inbox`, { authorization: `Bearer ${token}` });
}

/** The audit finds an index that is not of the board's history. */
async function differ(board: string): Promise<void> {
  await api.services.database.sql`update boards set digest = 'of another history' where id = ${board}`;
  const differed = async () => {
    await api.get(`/api/v1/boards/${board}`);
    expect(await metric(api, "rungs_index_dropped_total")).toBeGreaterThan(0);
  };
  await vi.waitFor(differed, { timeout: 20_000, interval: 250 });
}

/** Scripts on the board's index fail, and whoever asks for its player gets a stale answer. */
async function fail(board: string): Promise<void> {
  const { uid } = (await api.services.liveBoards.get(board)).board;
  const client = createRedis({ kind: "tcp", url: redisUrl() });
  await client.redis.set(boardKeys(await readKeyspace(api.services.database.sql), uid).m, "no hash");
  await client.close();
  expect((await api.get(`/api/v1/boards/${board}/players/a`)).json()).toMatchObject({ stale: true });
}

const labelsOfPrometheus = new Set(["instance", "job"]);
const matcher = /(\w+)(=|!=|=~|!~)"((?:[^"\\]|\\.)*)"/g;

/** Every selector of an expression: its metric, and its matchers. */
function selectorsOf(expression: string): { name: string; matchers: RegExpMatchArray[] }[] {
  return [...expression.matchAll(/\b((?:rungs|nodejs|process)_\w+|up)\b(?:\{((?:"(?:[^"\\]|\\.)*"|[^}])*)\})?/g)].map(
    ([, name = "", inside = ""]) => ({ name, matchers: [...inside.matchAll(matcher)] }),
  );
}

/** Labels that an expression groups by, or that a text shows. */
function labelsIn(text: string): string[] {
  const groups = [...text.matchAll(/\b(?:by|without|on|ignoring) \(([^)]*)\)/g)].flatMap(([, list = ""]) =>
    list.split(","),
  );
  const shown = [...text.matchAll(/\{\{\s*(?:\$labels\.)?(\w+)\s*\}\}/g)].map(([, label = ""]) => label);
  return [...groups, ...shown].map((label) => label.trim());
}

function check(expression: string, texts: readonly string[] = []): void {
  const selectors = selectorsOf(expression);
  expect(selectors.length, expression).toBeGreaterThan(0);
  const labels = new Set(labelsOfPrometheus);
  for (const { name, matchers } of selectors) {
    if (name === "up") continue;
    const found = samples.filter((sample) => sample.name === name);
    expect(found.length, `${name} in ${expression}`).toBeGreaterThan(0);
    for (const { labels: own } of found) for (const label of Object.keys(own)) labels.add(label);
    for (const [, label = "", operator, value] of matchers) {
      expect(labels, `${label} of ${name}`).toContain(label);
      if (operator !== "=" || labelsOfPrometheus.has(label)) continue;
      expect(
        found.map(({ labels }) => labels[label]),
        `${label} of ${name}`,
      ).toContain(value);
    }
  }
  for (const label of [expression, ...texts].flatMap(labelsIn)) expect(labels, expression).toContain(label);
}

interface Dashboard {
  panels: { title: string; targets?: { expr: string; legendFormat: string }[] }[];
  templating: { list: { query: string | { query: string } }[] };
}

test.skipIf(process.platform !== "linux")("every expression of the dashboard", async () => {
  const { panels, templating }: Dashboard = JSON.parse(await readFile("deploy/grafana/rungs.json", "utf8"));
  const targets = panels.flatMap((panel) => panel.targets ?? []);
  expect(targets.length).toBeGreaterThan(30);
  for (const { expr, legendFormat } of targets) check(expr, [legendFormat]);
  for (const { query } of templating.list) {
    const [, metric, label] = /^label_values\((\w+), (\w+)\)$/.exec(typeof query === "string" ? "" : query.query) ?? [];
    if (metric) check(metric, [`{{${label}}}`]);
  }
});

test.skipIf(process.platform !== "linux")("every expression and summary of the alerts", async () => {
  const rules = (await readFile("deploy/prometheus/alerts.yml", "utf8")).split("- alert: ").slice(1);
  expect(rules.length).toBeGreaterThan(10);
  for (const rule of rules) {
    const [, expression = ""] = /^ +expr: (.+)$/m.exec(rule) ?? [];
    check(expression, [rule]);
  }
});

test("docs/operations.md describes all metrics of Rungs' own, with their labels, and no others", async () => {
  const own = new Map<string, Set<string>>();
  for (const { name, labels } of samples) {
    if (!name.startsWith("rungs_")) continue;
    const metric = name.replace(/_(bucket|sum|count)$/, "");
    own.set(metric, new Set([...(own.get(metric) ?? []), ...Object.keys(labels).filter((label) => label !== "le")]));
  }
  const text = await readFile("docs/operations.md", "utf8");
  const rows = text.split("\n").flatMap((line) => {
    const [, name, type, labels = ""] = /^\| `(rungs_\w+)` +\| (\w+) +\| ([^|]*)\|/.exec(line) ?? [];
    return name ? [{ name, type, labels: [...labels.matchAll(/`(\w+)`/g)].map(([, label]) => label) }] : [];
  });
  expect(rows.map(({ name }) => name).sort()).toEqual([...own.keys()].sort());
  for (const { name, labels } of rows) expect([...(own.get(name) ?? [])].sort(), name).toEqual([...labels].sort());
  const alerts = await readFile("deploy/prometheus/alerts.yml", "utf8");
  for (const [, alert = ""] of alerts.matchAll(/- alert: (\w+)/g)) expect(text).toContain(`\`${alert}\``);
});

test("any number of requests for /metrics share what was rendered within a second", async () => {
  const page = async () => (await api.get("/metrics")).text;
  const pages = new Set(await Promise.all(Array.from({ length: 100 }, page)));
  // A second may end among them.
  expect(pages.size).toBeLessThanOrEqual(2);
  await expect.poll(async () => pages.has(await page()), { timeout: 3_000 }).toBe(false);
});

test("rungs_cache_bytes has the small caches too, also those that any client fills", async () => {
  const used = (await scrape(api)).filter(({ name, value }) => name === "rungs_cache_bytes" && value > 0);
  const names = [
    "acknowledgements",
    "activity",
    "api_keys",
    "client_addresses",
    "live_boards",
    "read_budgets",
    "views",
  ];
  expect(used.map(({ labels }) => labels.cache)).toEqual(expect.arrayContaining(names));
});
