/**
 * `npm run image:check`: runs the steps of deploy/Dockerfile in plain root file systems, for machines without a container
 * engine; starts the result as its user, on a root that cannot be written, beside a Postgres and a Redis; and uses it.
 * Needs Linux on x64, root, debootstrap, and a folder for about 3 GB: `npm run image:check -- FOLDER`.
 */
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import { setTimeout } from "node:timers/promises";
import { ensureDependencies, ensureNode } from "./ensure.mjs";
import { buildImage } from "./image-build.mjs";
import { startIn } from "./image-root.mjs";
import { fail, root, say } from "./run.mjs";

const port = "39217";
const url = `http://127.0.0.1:${port}`;
const readyMs = 60_000;
const tools = [
  "esbuild",
  "typescript",
  "vitest",
  "drizzle-kit",
  "tailwindcss",
  "@tailwindcss/postcss",
  "@next/swc-linux-x64-gnu",
];

ensureNode();
await ensureDependencies({ dev: true });
if (process.platform !== "linux" || process.arch !== "x64" || process.getuid?.() !== 0)
  fail("Needs Linux on x64, and root.");
if (!existsSync("/usr/sbin/debootstrap")) fail("Needs debootstrap: apt-get install debootstrap.");
const folder = resolve(process.argv[2] ?? join(root, "node_modules", ".cache", "rungs", "image"));
mkdirSync(folder, { recursive: true });

const image = await buildImage("deploy/Dockerfile", folder);
for (const tool of tools)
  check(`without ${tool}`, !existsSync(join(image.folder, image.workdir, "node_modules", tool)));
say(
  `${execFileSync("du", ["-sm", join(image.folder, image.workdir)], { encoding: "utf8" }).split("\t")[0]} MB of Rungs and its packages`,
);
const stores = await startStores();
try {
  await use(stores.env);
} finally {
  await stores.stop();
}
say("The image is in order.");

/** @param {string[]} settings */
async function use(settings) {
  const env = [...image.env, ...settings, `PORT=${port}`, `AUTH_SECRET=${"x".repeat(32)}`, `PUBLIC_URL=${url}`];
  const { user, workdir, volumes } = image;
  const step = { user, workdir, env, readOnly: ["/tmp", ...volumes] };
  const server = startIn(image.folder, { ...step, command: image.command });
  const output = Promise.all([text(server.stdout), text(server.stderr)]);
  const ended = once(server, "exit");
  /** @param {string[]} command run beside the server, as `docker exec` does */
  const exec = (command) => {
    const inside = [
      "chroot",
      "--userspec=1000:1000",
      image.folder,
      "env",
      "-i",
      "PATH=/usr/local/bin:/usr/bin:/bin",
      ...env,
    ];
    const args = [
      "--mount",
      "--target",
      String(server.pid),
      ...inside,
      "sh",
      "-c",
      'cd "$0" && exec "$@"',
      workdir,
      ...command,
    ];
    return execFileSync("nsenter", args, { encoding: "utf8" }).trim();
  };
  try {
    await untilReady(server);
    check("runs as uid 1000", exec(["id", "-u"]) === "1000" && uidOf(server.pid ?? 0) === "1000");
    check("cannot write its root", exec(["sh", "-c", "touch /rungs/x 2>/dev/null || echo refused"]) === "refused");
    check("is healthy by its HEALTHCHECK", exec(image.healthcheck) === "");
    const key = exec(["rungs", "key", "create", "--name", "check", "--scopes", "scores:write,boards:manage"]);
    check("makes a key by its command line", key.startsWith("rungs_"));
    await post(key, "/api/v1/boards", { id: "image", name: "Image" }, 201);
    await post(key, "/api/v1/boards/image/scores", { player: "a", score: 1 }, 200);
    const page = await (await fetch(`${url}/boards/image`)).text();
    check("shows a board", page.includes("Image"));
    const script = /"(\/_next\/static\/[^"]+\.js)"/.exec(page)?.[1] ?? "";
    check("serves what pages are made of", (await fetch(url + script)).ok);
    server.kill("SIGTERM");
    const [code] = await ended;
    check("ends with 0 when asked to", code === 0);
  } catch (error) {
    server.kill("SIGKILL");
    say((await output).join("\n"));
    throw error;
  }
}

/** @param {import("node:child_process").ChildProcess} server */
async function untilReady(server) {
  const deadline = Date.now() + readyMs;
  while (Date.now() < deadline && server.exitCode === null) {
    const reply = await fetch(`${url}/readyz`).catch(() => undefined);
    if (reply?.ok) return;
    await setTimeout(200);
  }
  throw new Error("The server did not become ready.");
}

/**
 * @param {string} key
 * @param {string} path
 * @param {object} body
 * @param {number} status
 */
async function post(key, path, body, status) {
  const headers = { authorization: `Bearer ${key}`, "content-type": "application/json" };
  const reply = await fetch(url + path, { method: "POST", headers, body: JSON.stringify(body) });
  check(`answers POST ${path} with ${status}`, reply.status === status);
}

/** @param {number} pid */
function uidOf(pid) {
  return execFileSync("ps", ["-o", "uid=", "-p", String(pid)], { encoding: "utf8" }).trim();
}

/** A Postgres and a Redis of this machine, outside the image. */
async function startStores() {
  const { bundlePrograms } = await import("./bundle-program.mjs");
  const dataDir = mkdtempSync(join(tmpdir(), "rungs-image-"));
  const program = join(root, "node_modules", ".cache", "rungs", "image-stores.mjs");
  await bundlePrograms(["tests/support/stores-program.ts"], { outfile: program });
  const env = { ...process.env, DATABASE_URL: "", REDIS_URL: "", DATA_DIR: dataDir };
  const child = spawn(process.execPath, [program], { env, stdio: ["ignore", "pipe", "inherit"] });
  const [line] = await once(createInterface({ input: child.stdout }), "line");
  const { databaseUrl, redis } = JSON.parse(line);
  return {
    env: [`DATABASE_URL=${databaseUrl}`, ...(redis ? [`REDIS_URL=${redis.url}`] : [])],
    async stop() {
      const ended = once(child, "exit");
      child.kill("SIGTERM");
      await ended;
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

/**
 * @param {string} what
 * @param {boolean} holds
 */
function check(what, holds) {
  if (!holds) throw new Error(`The image is not in order: ${what}`);
  say(`ok: ${what}`);
}
