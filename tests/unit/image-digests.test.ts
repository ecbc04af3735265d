/** Digests from a registry that gives them to whoever has fetched a token, as the large ones do. */
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { digestOf, withDigests } from "@/scripts/image-digests.mjs";

const index = "application/vnd.oci.image.index.v1+json";
const digest = `sha256:${"5e".repeat(32)}`;
let registry: Server;
let host: string;

beforeAll(async () => {
  registry = createServer((request, response) => {
    const url = new URL(request.url ?? "/", `http://${host}`);
    if (url.pathname === "/token") {
      const isFor = url.searchParams.get("scope") === "repository:team/base:pull" && url.searchParams.get("service");
      response.end(JSON.stringify({ token: isFor ? "t" : "none" }));
    } else if (request.headers.authorization !== "Bearer t") {
      const challenge = `Bearer realm="http://${host}/token",service="here",scope="repository:team/base:pull"`;
      response.writeHead(401, { "www-authenticate": challenge }).end();
    } else if (url.pathname === "/v2/team/base/manifests/1.2") {
      const isAsked = request.method === "HEAD" && request.headers.accept?.includes(index);
      response
        .writeHead(200, { "content-type": isAsked ? index : "text/plain", "docker-content-digest": digest })
        .end();
    } else if (url.pathname === "/v2/team/base/manifests/one-platform") {
      const type = "application/vnd.oci.image.manifest.v1+json";
      response.writeHead(200, { "content-type": type, "docker-content-digest": digest }).end();
    } else response.writeHead(404).end();
  });
  registry.listen(0, "127.0.0.1");
  await once(registry, "listening");
  host = `127.0.0.1:${(registry.address() as AddressInfo).port}`;
});

afterAll(() => registry.close());

test("a digest is that of the list of platforms, and stands behind each version in place of an older one", async () => {
  const image = `${host}/team/base:1.2`;
  expect(await digestOf(image)).toBe(digest);
  const old = `@sha256:${"00".repeat(32)}`;
  const file = [`FROM ${image} AS base`, "FROM base", "image: rungs", `  image: ${image}${old}`, `# FROM ${image}`, ""];
  const pinned = [`FROM ${image}@${digest} AS base`, "FROM base", "image: rungs", `  image: ${image}@${digest}`];
  expect(await withDigests(file.join("\n"), digestOf)).toBe([...pinned, `# FROM ${image}`, ""].join("\n"));
});

test("what is not there, for one platform only, or not to be reached is an error that names the image", async () => {
  await expect(digestOf("localhost:1/team/base:1")).rejects.toThrow("localhost:1/team/base:1: ");
  for (const tag of ["none", "one-platform"]) {
    await expect(digestOf(`${host}/team/base:${tag}`)).rejects.toThrow(`${host}/team/base:${tag}: `);
  }
});

test("the images of deploy/ are found", async () => {
  const asked: string[] = [];
  const note = async (image: string) => `sha256:${asked.push(image)}`;
  for (const file of ["deploy/Dockerfile", "deploy/compose.yaml"])
    await withDigests(await readFile(file, "utf8"), note);
  expect(asked.map((image) => image.split(":")[0])).toEqual(["node", "nginx", "postgres", "redis"]);
});
