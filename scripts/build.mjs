/** `npm run build`: what `npm start` does before it serves. */
import { ensureBuilt, ensureDependencies, ensureNode } from "./ensure.mjs";
import { say } from "./run.mjs";

ensureNode();
await ensureDependencies({ dev: true });
await ensureBuilt({ pages: true });
say("Built.");
