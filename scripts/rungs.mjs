/** `npm run -s rungs -- COMMAND`: installs and builds what is missing, then runs the command. */
import { pathToFileURL } from "node:url";
import { ensureBuilt, ensureDependencies, ensureNode, isAllBuilt } from "./ensure.mjs";
import { root } from "./run.mjs";

ensureNode();
process.chdir(root);
await ensureDependencies({ dev: !isAllBuilt() });
await ensureBuilt({ pages: false });
/** @type {{ main(args: string[]): Promise<number> }} */
const { main } = await import(pathToFileURL("dist/rungs.js").href);
process.exitCode = await main(process.argv.slice(2));
