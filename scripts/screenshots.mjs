/** `npm run screenshots`: pictures of every page and state into docs/screenshots. */
import { runProgram } from "./run-program.mjs";

await runProgram("screenshots", { redis: true, pages: true, browser: true });
