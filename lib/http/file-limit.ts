/**
 * A process at its limit of open files takes connections and closes them at once, without an event for it. Each
 * connection is a file with the lowest free number, so that those just below the limit can be seen.
 */
import type { Server } from "node:http";
import type { Socket } from "node:net";
import { FloodLog } from "@/lib/flood-log";
import type { Logger } from "@/lib/logger";

const reserve = 32;

interface Watch {
  logger: Logger;
  /** Counts a connection that is among the last before the limit. */
  onNear(): void;
  limit?: number | null;
}

/** @returns the limit; null where the system has none. */
export function watchFileLimit(server: Server, { logger, onNear, limit = fileLimit() }: Watch): number | null {
  if (limit === null) return null;
  const flood = new FloodLog(
    logger,
    "HTTP server: limit of open files nearly reached, more connections are closed unanswered; raise it (ulimit -n)",
  );
  server.on("connection", (socket: Socket & { _handle?: { fd?: number } }) => {
    // Undocumented, and there on all systems but Windows.
    const fd = socket._handle?.fd;
    if (fd === undefined || fd < limit - reserve) return;
    onNear();
    flood.warn({ component: "HTTP server", limit });
  });
  return limit;
}

function fileLimit(): number | null {
  const { report } = process;
  if (!report) return null;
  // Newer Nodes look up the names of peers otherwise.
  Object.assign(report, { excludeNetwork: true });
  const { userLimits } = report.getReport() as { userLimits?: { open_files?: { soft?: number | string } } };
  const soft = Number(userLimits?.open_files?.soft);
  return Number.isFinite(soft) ? soft : null;
}
