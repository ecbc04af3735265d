/** Runs a Dockerfile's stages in plain root file systems. */
import { basename, join } from "node:path";
import { text } from "node:stream/consumers";
import { readDockerfile, readIgnored } from "./image-dockerfile.mjs";
import { copyInto, copyRoot, makeBase, startIn } from "./image-root.mjs";
import { root as checkout, say } from "./run.mjs";

/**
 * @typedef {object} Image
 * @property {string} folder
 * @property {string} workdir
 * @property {string} user
 * @property {string[]} env
 * @property {string[]} volumes
 * @property {string[]} command
 * @property {string[]} healthcheck
 */

/**
 * @param {string} dockerfile
 * @param {string} folder for the roots
 * @returns {Promise<Image>}
 */
export async function buildImage(dockerfile, folder) {
  const isIgnored = readIgnored(join(checkout, ".dockerignore"));
  /** @type {Map<string, Image>} */
  const stages = new Map();
  /** @type {Image | undefined} */
  let image;
  for (const { from, name, instructions } of readDockerfile(dockerfile)) {
    const parent = stages.get(from) ?? baseOf(from, folder);
    image = { ...parent, folder: join(folder, name), command: [], healthcheck: [] };
    say(`FROM ${from} AS ${name}`);
    copyRoot(parent.folder, image.folder);
    for (const instruction of instructions) {
      say(`  ${instruction.name} ${instruction.text}`);
      await carryOut(image, instruction, stages, isIgnored);
    }
    stages.set(name, image);
  }
  if (!image) throw new Error(`${dockerfile} has no stage`);
  return image;
}

/**
 * @param {string} from
 * @param {string} folder
 * @returns {Image}
 */
function baseOf(from, folder) {
  const base = makeBase(from, join(folder, "base-images"));
  say(`Base: ${from}, with npm ${base.npm}`);
  return { folder: base.folder, workdir: "/", user: "root", env: [], volumes: [], command: [], healthcheck: [] };
}

/**
 * @param {Image} image
 * @param {import("./image-dockerfile.mjs").Instruction} instruction
 * @param {Map<string, Image>} stages
 * @param {(path: string) => boolean} isIgnored
 */
async function carryOut(image, { name, text: given }, stages, isIgnored) {
  if (name === "ENV") image.env = [...image.env, ...given.split(" ")];
  if (name === "USER") image.user = given;
  if (name === "VOLUME") image.volumes = [...image.volumes, given];
  if (name === "CMD") image.command = JSON.parse(given);
  if (name === "HEALTHCHECK") image.healthcheck = JSON.parse(given.slice(given.indexOf("CMD ") + 4));
  if (name === "WORKDIR") {
    image.workdir = join(image.workdir, given);
    await run(image, ["mkdir", "-p", image.workdir], "/");
  }
  if (name === "COPY") copy(image, given, stages, isIgnored);
  if (name === "RUN") await run(image, ["/bin/sh", "-c", given], image.workdir);
}

/**
 * @param {Image} image
 * @param {string[]} command
 * @param {string} workdir
 */
async function run({ folder, user, env }, command, workdir) {
  const child = startIn(folder, { command, user, env, workdir });
  const [output, errors, code] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    new Promise((resolve) => child.once("close", resolve)),
  ]);
  if (code !== 0) throw new Error(`${command.join(" ")} ended with ${code}:\n${output}${errors}`);
}

/**
 * @param {Image} image
 * @param {string} given
 * @param {Map<string, Image>} stages
 * @param {(path: string) => boolean} isIgnored
 */
function copy({ folder, workdir }, given, stages, isIgnored) {
  const words = given.split(" ");
  const stage = words[0]?.startsWith("--from=") ? stages.get(words.shift()?.slice("--from=".length) ?? "") : undefined;
  const into = words.pop() ?? "";
  const destination = join(folder, into.startsWith("/") ? into : join(workdir, into));
  for (const word of words) {
    const source = stage ? join(stage.folder, word) : join(checkout, word);
    const to = words.length > 1 || into.endsWith("/") ? join(destination, basename(word)) : destination;
    copyInto(source.replace(/\/$/, ""), to.replace(/\/$/, ""), stage || word !== "." ? undefined : isIgnored);
  }
}
