import { expect, test } from "vitest";
import { readDockerfile, readIgnored } from "@/scripts/image-dockerfile.mjs";

test("the image runs as a user without rights, from a base of a full version, without tools", () => {
  const stages = readDockerfile("deploy/Dockerfile");
  const names = stages.map(({ name }) => name);
  for (const { from } of stages.filter((stage) => !names.includes(stage.from))) {
    expect(from).toMatch(/^node:\d+\.\d+\.\d+-\w+-slim(@sha256:[0-9a-f]{64})?$/);
  }
  const last = stages.at(-1);
  const textsOf = (name: string) => last?.instructions.filter((one) => one.name === name).map(({ text }) => text);
  expect(textsOf("USER")).toEqual(["node"]);
  expect(textsOf("CMD")).toEqual(['["node", "dist/server.js"]']);
  expect(textsOf("COPY")?.filter((text) => !text.startsWith("--from="))).toEqual([]);
});

test("secrets, certificates and what was built on the machine stay out of the build", () => {
  const isIgnored = readIgnored(".dockerignore");
  for (const file of [
    ".env",
    "deploy/.env",
    ".env.local",
    "deploy/tls",
    "node_modules",
    ".next",
    ".git",
    ".data",
    "x.log",
  ]) {
    expect([file, isIgnored(file)]).toEqual([file, true]);
  }
  for (const file of ["deploy/.env.example", "package.json", ".npmrc", "lib/env.ts", "app/page.tsx", "deploy/nginx"]) {
    expect([file, isIgnored(file)]).toEqual([file, false]);
  }
});
