/**
 * The scripts and styles of the pages, as the build compressed them. They are read once: names change with content, and
 * a build that is replaced while it is served leaves open pages what they were made of.
 */
import { readdir, readFile } from "node:fs/promises";
import type { RequestListener } from "node:http";
import { extname, join } from "node:path";
import type { Encoding } from "@/lib/live/encoded-body";
import { preferredEncoding } from "./encoding";

const prefix = "/_next/static/";
/** What else there is, Next serves. */
const types: Readonly<Record<string, string>> = {
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
};
const suffixes: readonly [Encoding, string][] = [
  ["identity", ""],
  ["gzip", ".gz"],
  ["br", ".br"],
];

interface Asset {
  headers: string[];
  body: Buffer;
}

/**
 * Serves `/_next/static/...`; all other requests, and those for what is not there, go on to `next`.
 * @param folder what Next has built, `.next`
 */
export async function createAssets(folder: string, next: RequestListener): Promise<RequestListener> {
  const assets = await readAssets(join(folder, "static"));
  return (request, response) => {
    const encoding = preferredEncoding(request.headers["accept-encoding"] ?? "");
    const asset = request.method === "GET" ? assets.get(request.url ?? "")?.get(encoding) : undefined;
    if (!asset) return next(request, response);
    response.writeHead(200, asset.headers);
    response.end(asset.body);
  };
}

async function readAssets(folder: string): Promise<Map<string, Map<Encoding, Asset>>> {
  const files = await readdir(folder, { recursive: true });
  const assets = new Map<string, Map<Encoding, Asset>>();
  for (const file of files) {
    const type = types[extname(file)];
    if (type) assets.set(`${prefix}${file.replaceAll("\\", "/")}`, await readEncodings(join(folder, file), type));
  }
  return assets;
}

async function readEncodings(path: string, type: string): Promise<Map<Encoding, Asset>> {
  const encodings = new Map<Encoding, Asset>();
  for (const [encoding, suffix] of suffixes) {
    const body = await readFile(path + suffix);
    const headers = [
      ...["content-type", type, "content-length", String(body.length)],
      ...["cache-control", "public, max-age=31536000, immutable", "vary", "Accept-Encoding"],
      ...(encoding === "identity" ? [] : ["content-encoding", encoding]),
    ];
    encodings.set(encoding, { headers, body });
  }
  return encodings;
}
