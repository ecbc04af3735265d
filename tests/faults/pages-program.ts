/**
 * Pages of boards for the fault runner, in a process of its own: the browser's code for a live board, in as much of a
 * browser as it uses, and polled as SWR has it polled. Beside them plain EventSources, as other clients use them, which are
 * never built anew.
 */
import { setMaxListeners } from "node:events";
import { EventSource } from "eventsource";
import { LiveBoard } from "@/app/_hooks/live-board";
import type { Snapshot } from "@/lib/domain/snapshot";
import type { PageReport, PagesToOpen, PageToOpen } from "./pages";
import { rowsDigest } from "./rows-digest";

const { origin, pages, plain }: PagesToOpen = JSON.parse(process.argv[2] ?? "");
const ofOrigin = (url: string | URL) => new URL(url, origin);
const report = (what: PageReport) => void process.send?.(what);
const renderAgainMs = 200;
const lookMs = 100;

process.once("disconnect", () => process.exit(0));
const { fetch } = globalThis;
const browser = {
  document: Object.assign(new EventTarget(), { hidden: false }),
  window: new EventTarget(),
  navigator: { onLine: true },
  fetch: (url: string, init?: RequestInit) => fetch(ofOrigin(url), init),
  EventSource: class extends EventSource {
    constructor(url: string) {
      super(ofOrigin(url));
    }
  },
};
// One for each page.
setMaxListeners(0, browser.document, browser.window);
for (const [name, value] of Object.entries(browser)) Object.defineProperty(globalThis, name, { value });

for (const page of pages) void openPage(page);
for (const { name, board } of plain) openPlain(name, board);

async function openPage({ name, board: boardId, streams }: PageToOpen): Promise<void> {
  const { snapshot, etag } = await render(`/api/v1/boards/${boardId}`);
  const live = new LiveBoard({ boardId, limit: 100, offset: 0, player: null, snapshot, etag });
  const last = { seen: "", page: "" };
  const say = (what: Extract<PageReport, { type: "seen" | "page" }>) => {
    if (JSON.stringify(what) === last[what.type]) return;
    last[what.type] = JSON.stringify(what);
    report(what);
  };
  const look = () => {
    const { snapshot: shown, status, gone, serverStale } = live.getView();
    const { epoch, version } = shown;
    const of = { viewer: name, board: boardId };
    const rows = rowsDigest(shown.entries, shown.total, serverStale);
    say({ type: "seen", ...of, kind: streams ? "page" : "poll", how: "poll", epoch, version, rows });
    say({ type: "page", ...of, status, gone });
  };
  live.subscribe(look);
  look();
  live.start(() => void live.poll());
  keepPolling(live);
}

/** As the server does before a page is there. */
async function render(path: string): Promise<{ snapshot: Snapshot; etag: string | null }> {
  for (;;) {
    const response = await fetch(ofOrigin(path)).catch(() => null);
    if (response?.ok) return { snapshot: await response.json(), etag: response.headers.get("etag") };
    await new Promise((resolve) => setTimeout(resolve, renderAgainMs));
  }
}

/** At once, then as use-live-board.ts tells SWR, which begins to wait anew when a stream comes or goes. */
function keepPolling(live: LiveBoard): void {
  let timer: NodeJS.Timeout | undefined;
  let { streaming } = live.getView();
  const wait = () => {
    clearTimeout(timer);
    const own = setTimeout(
      async () => {
        await live.poll();
        if (timer === own) wait();
      },
      streaming ? live.nextBackstopMs() : live.nextPollMs(),
    );
    timer = own;
  };
  live.subscribe(() => {
    if (live.getView().streaming === streaming) return;
    streaming = !streaming;
    wait();
  });
  void live.poll().then(wait);
}

function openPlain(viewer: string, board: string): void {
  const source = new EventSource(ofOrigin(`/api/v1/boards/${board}/stream`));
  const watching = setInterval(() => {
    if (source.readyState !== source.CLOSED) return;
    clearInterval(watching);
    report({ type: "closed", viewer });
  }, lookMs);
}
