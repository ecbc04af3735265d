/** Reads a Dockerfile, as much of it as deploy/Dockerfile uses; an instruction that is not known is an error. */
import { readFileSync } from "node:fs";

/**
 * @typedef {{ name: string, text: string }} Instruction
 * @typedef {{ from: string, name: string, instructions: Instruction[] }} Stage
 */

const known = ["COPY", "RUN", "ENV", "WORKDIR", "USER", "VOLUME", "EXPOSE", "HEALTHCHECK", "CMD"];

/**
 * @param {string} path
 * @returns {Stage[]}
 */
export function readDockerfile(path) {
  const lines = readFileSync(path, "utf8")
    .split("\n")
    .filter((line) => !/^\s*(#|$)/.test(line));
  const joined = lines
    .join("\n")
    .replaceAll(/\\\n\s*/g, "")
    .split("\n");
  /** @type {Stage[]} */
  const stages = [];
  for (const line of joined) {
    const [, name = "", text = ""] = /^(\w+)\s+(.*)$/.exec(line) ?? [];
    const [, from, as] = name === "FROM" ? (/^(\S+)(?:\s+AS\s+(\S+))?$/.exec(text) ?? []) : [];
    if (from) stages.push({ from, name: as ?? `stage-${stages.length}`, instructions: [] });
    else if (known.includes(name)) stages.at(-1)?.instructions.push({ name, text });
    else throw new Error(`${path}: ${line}: not known here`);
  }
  return stages;
}

/**
 * Whether a .dockerignore leaves a path of the context out; the last pattern that matches decides.
 * @param {string} path of the .dockerignore
 * @returns {(file: string) => boolean}
 */
export function readIgnored(path) {
  const patterns = readFileSync(path, "utf8")
    .split("\n")
    .filter((line) => !/^\s*(#|$)/.test(line));
  return (file) => {
    const last = patterns.findLast((pattern) => globOf(pattern.replace(/^!/, "")).test(file));
    return last !== undefined && !last.startsWith("!");
  };
}

/** @param {string} pattern */
function globOf(pattern) {
  const literal = pattern.replaceAll(/[.+^${}()|[\]\\]/g, "\\$&");
  return new RegExp(`^${literal.replaceAll(/(\*\*\/)|\*/g, (_, folders) => (folders ? "(?:.*/)?" : "[^/]*"))}$`);
}
