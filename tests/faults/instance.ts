/**
 * One Rungs for the fault runner, in a process of its own: the production services and listener, without the pages.
 * Its clock can be stepped by the runner, without whom it does not live on.
 */
import { routes } from "@/app/api/routes";
import { readEnv } from "@/lib/env";
import { createListener } from "@/lib/http/listener";
import { createLogger } from "@/lib/logger";
import { createServices } from "@/lib/services";
import { listen } from "@/lib/start/http-server";

const realDate = Date;

process.once("disconnect", () => process.exit(0));
process.on("message", ({ clockMs }: { clockMs: number }) => stepClock(clockMs));

const env = readEnv();
const logger = createLogger(env);
const http = await listen(env);
const services = await createServices({ ...env, databaseUrl: env.databaseUrl ?? "" }, logger);
http.serve(
  createListener(services, routes, (_request, response) => {
    response.writeHead(404).end();
  }),
);
process.send?.({ port: http.port });

/** The wall clock says so much more, or less, than it would; timers and the monotonic clock go on as ever. */
function stepClock(ms: number): void {
  const Wall = realDate;
  globalThis.Date = class extends Wall {
    constructor(...given: [] | [number | string]) {
      if (given.length === 0) super(Wall.now() + ms);
      else super(...(given as [number]));
    }
    static override now(): number {
      return Wall.now() + ms;
    }
  } as DateConstructor;
}
