/**
 * Mends postgres.js 3.4.9, with which losing a connection can end the process (porsager/postgres#1154, #1208): in the
 * middle of a transaction the next statement is written to a socket that is gone, and right after connecting the
 * question for array types fails unheard. A rollback that was on its way then blocks the connection's successor, and
 * after a reply that broke off between rows the next result begins with as many holes (porsager/postgres#1119, #1181).
 * With several hosts none of which can be used, it would try them again and again without a pause, and tell nobody.
 * Runs after every install; goes with the release that has the fixes.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./run.mjs";

const folder = join(root, "node_modules", "postgres");

/** @type {[from: string, to: string][]} */
const changes = [
  [
    `    if (stream)
      return queryError(q, Errors.generic('COPY_IN_PROGRESS'`,
    `    if (socket === null || socket.destroyed)
      return queryError(q, Errors.connection('CONNECTION_CLOSED', options)), true

    if (stream)
      return queryError(q, Errors.generic('COPY_IN_PROGRESS'`,
  ],
  [
    `    const x = socket.write(chunk, fn)
    nextWriteTimer`,
    `    const x = socket !== null && socket.write(chunk, fn)
    nextWriteTimer`,
  ],
  [
    `    clearImmediate(nextWriteTimer)
    if (socket) {`,
    `    clearImmediate(nextWriteTimer)
    chunk = nextWriteTimer = null
    if (socket) {`,
  ],
  [
    `    clearImmediate(nextWriteTimer)
    socket.removeListener`,
    `    clearImmediate(nextWriteTimer)
    chunk = nextWriteTimer = null
    socket.removeListener`,
  ],
  [
    "    !hadError && (query || sent.length) && error(Errors.connection('CONNECTION_CLOSED', options, socket))\n",
    `    ;(query || sent.length) && error(Errors.connection('CONNECTION_CLOSED', options, socket))
    query = null
`,
  ],
  [
    `    result = new Result()
    connectTimer.cancel()`,
    `    result = new Result()
    rows = 0
    connectTimer.cancel()`,
  ],
  [
    `    if (connection.queue === queues.connecting && options.host[retries + 1])
      return
`,
    `    if (connection.queue === queues.connecting && options.host[retries + 1] && ++retries)
      return
    retries = 0
`,
  ],
  ["return fetchArrayTypes()\n", "return fetchArrayTypes().catch(() => undefined)\n"],
];

for (const file of ["src/connection.js", "cjs/src/connection.js"]) {
  const path = join(folder, file);
  const original = readFileSync(path, "utf8");
  const patched = changes.reduce((text, [from, to]) => {
    if (text.includes(to)) return text;
    if (text.split(from).length === 2) return text.replace(from, () => to);
    throw new Error(`${file} of postgres is not the one this patch was made for: look whether it is still needed.`);
  }, original);
  if (patched !== original) writeFileSync(path, patched);
}
