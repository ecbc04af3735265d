/**
 * `npm run reads`: a server with a small heap through every public route, at random, and what became of its memory.
 * Options: --minutes N, --heap MB, --seed N, --connections N.
 */
import { runProgram } from "./run-program.mjs";

await runProgram("reads", { redis: true, pages: true });
