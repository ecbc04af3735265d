/**
 * `npm run faults`: instances under load while parts fail, and a checker over what happened.
 * Options: --seeds N, --seed S, --only fault,..., --seconds N, --json FILE, --mutants, --pooler.
 */
import { runProgram } from "./run-program.mjs";

await runProgram("faults", { redis: true, nginx: true });
