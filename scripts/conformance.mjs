/** `npm run conformance -- URL [--key KEY] [--board ID]`: holds a running server to the HTTP contract. */
import { runProgram } from "./run-program.mjs";

await runProgram("conformance", {});
