/** A served Rungs, however it was started, with its first organizer signed in, and browsers to watch it with. */
import type { Browser, BrowserContextOptions, Page } from "playwright";
import { firstLinkIn } from "./join-links";
import { pinFont } from "./pinned-font";

/** What prints the link for the first organizer. */
export interface Served {
  url: string;
  output(): string;
  stop(): Promise<unknown>;
}

export interface Stage<S extends Served = Served> {
  server: S;
  browser: Browser;
  /** A page that is signed in as the first organizer. */
  organizer: Page;
  /** Of a key that may post scores. */
  key: string;
  /** Asks the API as the organizer's page would, and gives the body of the reply. */
  ask(method: string, path: string, body?: object): Promise<unknown>;
  createBoard(board: { id: string } & Record<string, unknown>): Promise<void>;
  /** Posts scores with a key, as a game would. */
  post(board: string, scores: object[]): Promise<void>;
  /** A player's token, minted as a game would. */
  tokenFor(player: string): Promise<string>;
  /** A new visitor; `complaints` collects what the browser's console has against the page. */
  visit(path: string, options?: BrowserContextOptions): Promise<{ page: Page; complaints: string[] }>;
  close(): Promise<void>;
}

export const organizerLogin = { name: "Olga", email: "olga@example.com", password: "tall ships leave at dawn" };

export async function stageAt<S extends Served>(server: S, browser: Browser): Promise<Stage<S>> {
  const organizer = await (await browser.newContext()).newPage();
  await joinAsFirst(organizer, server);
  const ask: Stage["ask"] = (method, path, body) => askFrom(organizer, method, path, body);
  const created = await ask("POST", "/api/v1/keys", { name: "Game", scopes: ["scores:write"] });
  const { key } = created as { key: string };
  const asGame = { authorization: `Bearer ${key}`, "content-type": "application/json" };
  return {
    server,
    browser,
    organizer,
    key,
    ask,
    async createBoard(board) {
      await ask("POST", "/api/v1/boards", { name: board.id, ...board });
    },
    async post(board, scores) {
      const response = await fetch(`${server.url}/api/v1/boards/${board}/scores`, {
        method: "POST",
        headers: asGame,
        body: JSON.stringify({ scores }),
      });
      if (!response.ok) throw new Error(`posting failed: ${response.status} ${await response.text()}`);
    },
    async tokenFor(player) {
      const url = `${server.url}/api/v1/players/${encodeURIComponent(player)}/token`;
      const response = await fetch(url, { method: "POST", headers: asGame, body: "{}" });
      if (!response.ok) throw new Error(`minting failed: ${response.status} ${await response.text()}`);
      return ((await response.json()) as { token: string }).token;
    },
    async visit(path, contextOptions) {
      const context = await browser.newContext(contextOptions);
      await pinFont(context);
      const page = await context.newPage();
      const complaints: string[] = [];
      page.on("console", (message) => {
        if (["error", "warning"].includes(message.type())) complaints.push(message.text());
      });
      page.on("pageerror", (error) => complaints.push(error.message));
      await page.goto(server.url + path);
      return { page, complaints };
    },
    async close() {
      await browser.close();
      await server.stop();
    },
  };
}

export async function joinAsFirst(page: Page, server: Pick<Served, "output">): Promise<void> {
  await page.goto(firstLinkIn(server.output()));
  await page.getByLabel("Your name").fill(organizerLogin.name);
  await page.getByLabel("Email").fill(organizerLogin.email);
  await page.getByLabel("Password").fill(organizerLogin.password);
  await page.getByRole("button", { name: "Create account" }).click();
  await page.waitForURL("**/settings");
}

async function askFrom(page: Page, method: string, path: string, body: object | undefined): Promise<unknown> {
  const { status, text } = await page.evaluate(
    async (request) => {
      const response = await fetch(request.path, {
        method: request.method,
        headers: { "content-type": "application/json" },
        ...(request.body ? { body: JSON.stringify(request.body) } : {}),
      });
      return { status: response.status, text: await response.text() };
    },
    { method, path, body },
  );
  if (status >= 400) throw new Error(`${method} ${path}: ${status} ${text}`);
  return text === "" ? null : JSON.parse(text);
}
