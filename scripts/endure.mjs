/**
 * `npm run endure`: a stage page through a long replay and restarts of the server, and what became of its memory.
 * Options: --minutes N, --speed N, --restarts TERM,KILL, --json FILE.
 */
import { runProgram } from "./run-program.mjs";

await runProgram("endure", { redis: true, pages: true, browser: true });
