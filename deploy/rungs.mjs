#!/usr/bin/env node
/** The `rungs` command in the image, where everything is installed and built: `docker compose exec app-1 rungs --help`. */
import { join } from "node:path";

const root = join(import.meta.dirname, "..");
process.chdir(root);
/** @type {{ main(args: string[]): Promise<number> }} */
const { main } = await import(join(root, "dist", "rungs.js"));
process.exitCode = await main(process.argv.slice(2));
