/** Somebody else's site, which shows Rungs in a frame: another origin on the same machine. */
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

export interface ForeignSite {
  port: number;
  /** What its front page holds from now on. */
  show(html: string): void;
  close(): void;
}

export async function startForeignSite(): Promise<ForeignSite> {
  let html = "";
  const server = createServer((_request, response) => {
    response.writeHead(200, { "content-type": "text/html; charset=utf-8" });
    response.end(
      `<!doctype html><html lang="en"><title>A foreign site</title><main><h1>Ours</h1>${html}</main></html>`,
    );
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    show(given) {
      html = given;
    },
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}
