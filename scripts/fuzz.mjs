/**
 * `npm run fuzz`: random bad requests over everything a server answers, and what became of it.
 * Options: --seed N, --minutes N, --json FILE (instead of a line in the ledger).
 */
import { runProgram } from "./run-program.mjs";

await runProgram("fuzz", { redis: true, pages: true });
