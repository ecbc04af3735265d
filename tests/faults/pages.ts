/** Pages of boards in a process of their own (pages-program.ts), reached by a link of their own. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { runBoards } from "./boards";
import type { Happening, History } from "./history";
import type { RunningViewer } from "./polling-viewer";

export type PageReport = Extract<Happening, { type: "seen" | "page" | "closed" }>;

export interface PageToOpen {
  name: string;
  board: string;
  /** Whether the board is streamed. */
  streams: boolean;
}

/** What the process is given, as JSON. */
export interface PagesToOpen {
  origin: string;
  pages: PageToOpen[];
  plain: { name: string; board: string }[];
}

export interface Pages {
  viewers: RunningViewer[];
  close(): Promise<void>;
}

const pagesPerBoard = 4;
const plainPerBoard = 5;
const readyMs = 60_000;

/** Resolves when every page shows its board. */
export async function openPages(program: string, origin: string, history: History): Promise<Pages> {
  const named = (prefix: string, board: string, count: number) =>
    Array.from({ length: count }, (_, i) => ({ name: `${prefix} ${board} ${i + 1}`, board }));
  const streamed = runBoards.filter(({ delivery }) => delivery === "sse");
  const pages = runBoards.flatMap(({ id, delivery }) =>
    named("page", id, pagesPerBoard).map((page) => ({ ...page, streams: delivery === "sse" })),
  );
  const plain = streamed.flatMap(({ id }) => named("source", id, plainPerBoard));
  const toOpen: PagesToOpen = { origin, pages, plain };
  const child = spawn(process.execPath, ["--enable-source-maps", program, JSON.stringify(toOpen)], {
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  const ended = once(child, "exit");
  const rows = new Map<string, string>();
  let closed = false;
  const open = new Promise<void>((resolve) => {
    child.on("message", (report: PageReport) => {
      if (closed) return;
      history.add(report);
      if (report.type === "seen") rows.set(report.viewer, report.rows);
      if (rows.size === pages.length) resolve();
    });
  });
  const late = AbortSignal.timeout(readyMs);
  await Promise.race([open, ended.then(() => failed("ended")), once(late, "abort").then(() => failed("are late"))]);

  return {
    viewers: pages.map(({ name, board }) => ({ name, board, rows: () => rows.get(name) ?? "", close: stop })),
    async close() {
      stop();
      child.kill("SIGKILL");
      await ended;
    },
  };

  function stop(): void {
    closed = true;
  }
}

function failed(how: string): never {
  throw new Error(`the pages ${how}`);
}
