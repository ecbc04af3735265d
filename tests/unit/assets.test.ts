import { mkdir, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { expect, onTestFinished, test } from "vitest";
import { createAssets } from "@/lib/http/assets";
import { tempFolder } from "@/tests/support/temp-folder";

const script = "console.log('hello')";

async function serve(): Promise<(path: string, init?: RequestInit) => Promise<Response>> {
  const folder = await tempFolder();
  const chunks = join(folder, "static", "chunks");
  await mkdir(chunks, { recursive: true });
  await writeFile(join(chunks, "a.js"), script);
  await writeFile(join(chunks, "a.js.gz"), gzipSync(script));
  await writeFile(join(chunks, "a.js.br"), brotliCompressSync(script));
  await writeFile(join(chunks, "b.woff2"), "a font");
  const server = createServer(await createAssets(folder, (_request, response) => response.end("next")));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return (path, init) => fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`, init);
}

test.each([
  ["br, gzip", "br"],
  ["gzip", "gzip"],
  ["identity", null],
])("a script goes out compressed as the browser takes it: %s", async (accept, encoding) => {
  const get = await serve();
  const response = await get("/_next/static/chunks/a.js", { headers: { "accept-encoding": accept } });
  expect(await response.text()).toBe(script);
  expect(response.headers.get("content-encoding")).toBe(encoding);
  expect(response.headers.get("content-type")).toBe("text/javascript; charset=utf-8");
  expect(response.headers.get("cache-control")).toBe("public, max-age=31536000, immutable");
  expect(response.headers.get("vary")).toBe("Accept-Encoding");
});

test.each([
  ["/"],
  ["/_next/static/chunks/b.woff2"],
  ["/_next/static/chunks/a.js.br"],
  ["/_next/static/chunks/c.js"],
  ["/_next/static/../package.json"],
])("what is none of them is left to Next: %s", async (path) => {
  const get = await serve();
  expect(await (await get(path)).text()).toBe("next");
});

test("so is any other method", async () => {
  const get = await serve();
  expect(await (await get("/_next/static/chunks/a.js", { method: "POST" })).text()).toBe("next");
});
