/** Digests of images, as registries give them by the OCI distribution specification. */

/** Lists of an image's platforms: the digest of one holds for all of them. */
const indexTypes = [
  "application/vnd.oci.image.index.v1+json",
  "application/vnd.docker.distribution.manifest.list.v2+json",
];
const hub = "registry-1.docker.io";
const named = /^(\s*(?:FROM|image:)\s+)([\w./-]+(?::\d+\/[\w./-]+)?:[\w.-]+)(?:@sha256:[0-9a-f]{64})?(?=\s|$)/gm;

/**
 * A Dockerfile or compose file with the present digest behind each image that is named by a version.
 * @param {string} text
 * @param {(image: string) => Promise<string>} digestOf
 */
export async function withDigests(text, digestOf) {
  const images = new Set([...text.matchAll(named)].map(([, , image = ""]) => image));
  const digests = new Map(
    await Promise.all([...images].map(async (image) => /** @type {const} */ ([image, await digestOf(image)]))),
  );
  return text.replaceAll(named, (_, before, image) => `${before}${image}@${digests.get(image)}`);
}

/**
 * Throws an Error that names the image when its registry does not say.
 * @param {string} image such as `node:22.1.0` or `ghcr.io/owner/name:1.2`
 */
export async function digestOf(image) {
  return askDigest(image).catch((error) => {
    throw new Error(`${image}: ${error.cause?.message ?? error.message}`);
  });
}

/** @param {string} image */
async function askDigest(image) {
  const [, registry, name = "", tag = ""] = /^(?:([^/]*[.:][^/]*)\/)?(.*):([^:]+)$/.exec(image) ?? [];
  const path = registry || name.includes("/") ? name : `library/${name}`;
  const host = registry ?? hub;
  // A registry on this machine has no certificate; container engines ask it in the same way.
  const scheme = /^(?:localhost|127\.)/.test(host) ? "http" : "https";
  const address = `${scheme}://${host}/v2/${path}/manifests/${tag}`;
  const ask = async (/** @type {Record<string, string>} */ headers) => {
    const reply = await fetch(address, { method: "HEAD", headers: { accept: indexTypes.join(", "), ...headers } });
    return { status: reply.status, headers: reply.headers };
  };
  let reply = await ask({});
  if (reply.status === 401) {
    reply = await ask({ authorization: `Bearer ${await anonymousToken(reply.headers.get("www-authenticate") ?? "")}` });
  }
  const digest = reply.headers.get("docker-content-digest") ?? "";
  const isIndex = indexTypes.includes(reply.headers.get("content-type") ?? "");
  if (reply.status !== 200 || !isIndex || !/^sha256:[0-9a-f]{64}$/.test(digest)) {
    throw new Error(`${address} answered ${reply.status} without the digest of an index`);
  }
  return digest;
}

/** @param {string} challenge as in `Bearer realm="https://auth.example/token",service="s",scope="repository:name:pull"` */
async function anonymousToken(challenge) {
  const { realm = "", ...query } = Object.fromEntries(
    [...challenge.matchAll(/(\w+)="([^"]*)"/g)].map(([, key, value]) => [key, value]),
  );
  const reply = await fetch(`${realm}?${new URLSearchParams(query)}`);
  const { token, access_token: accessToken } = await reply.json();
  return token ?? accessToken;
}
