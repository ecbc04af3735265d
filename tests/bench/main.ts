/**
 * Rungs' production server beside the same bytes from bare node:http, alternating in one run. Figures are medians over
 * the rounds with their range; what counts are the ratios, since machines differ and are shared.
 */
import { cpus } from "node:os";
import { benchPolls } from "./polls";
import { benchStreams } from "./streams";

const parts: Record<string, () => Promise<void>> = { polls: benchPolls, streams: benchStreams };

const wanted = process.argv.slice(2).filter((word) => !word.startsWith("-"));
const unknown = wanted.filter((name) => !(name in parts));
if (unknown.length > 0) {
  process.stderr.write(`There is no part ${unknown.join(", ")}; there are ${Object.keys(parts).join(", ")}.\n`);
  process.exit(2);
}
const machine = `${cpus().length} x ${cpus()[0]?.model.trim() ?? "unknown processor"}`;
process.stdout.write(`Node ${process.versions.node} on ${machine}\n`);
for (const [name, run] of Object.entries(parts)) if (wanted.length === 0 || wanted.includes(name)) await run();
