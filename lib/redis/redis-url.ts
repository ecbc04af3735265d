/**
 * Where Redis is, as REDIS_URL says:
 *   redis://[user:password@]host[:port][/database]          one server
 *   redis+cluster://[user:password@]host:port[,host:port]   a Redis Cluster, by some of its nodes
 *   redis+sentinel://[user:password@]host:port[,host:port]/name[/database][?sentinel_user=...&sentinel_password=...]
 *     the primary that these Sentinels know by that name; the parameters are the Sentinels' own credentials
 * each with `rediss` in place of `redis` for TLS.
 */

export interface RedisNode {
  host: string;
  port: number;
}

export interface Credentials {
  username?: string;
  password?: string;
}

export interface RedisAddress {
  mode: "single" | "cluster" | "sentinel";
  tls: boolean;
  /** At least one. */
  nodes: RedisNode[];
  credentials: Credentials;
  database: number;
  /** Of the primary, for Sentinels. */
  name: string;
  sentinelCredentials: Credentials;
}

const form = /^redis(s?)(?:\+(cluster|sentinel))?:\/\/(?:([^/?#]*)@)?([^@/?#]+)((?:\/[^?#]*)?)(\?[^#]*)?$/;
const hostForm = /^(\[[\da-f:.]+\]|[\w.-]+)(?::(\d{1,5}))?$/i;
const nodesMax = 100;
const defaultPorts = { single: 6379, cluster: 6379, sentinel: 26_379 };

/** Undefined for anything else. */
export function readRedisUrl(url: string): RedisAddress | undefined {
  const match = form.exec(url);
  if (!match) return undefined;
  const [, tls, kind, userInfo = "", hosts = "", path = "", query = ""] = match;
  const mode = (kind ?? "single") as RedisAddress["mode"];
  const nodes = hosts.split(",").map((host) => readNode(host, defaultPorts[mode]));
  const [name = "", databaseText = "", ...rest] =
    mode === "sentinel" ? decodedParts(path) : ["", ...decodedParts(path)];
  const credentials = readCredentials(...split(userInfo));
  const parameters = new URLSearchParams(query);
  const sentinelCredentials = readCredentials(
    parameters.get("sentinel_user"),
    parameters.get("sentinel_password"),
    true,
  );
  if (!credentials || !sentinelCredentials || !nodes.every((node) => node !== undefined)) return undefined;
  const fits = mode === "single" ? nodes.length === 1 : nodes.length <= nodesMax;
  if (!fits || rest.length > 0 || !/^\d{0,5}$/.test(databaseText) || (mode === "sentinel") !== (name !== ""))
    return undefined;
  const database = Number(databaseText);
  if (mode === "cluster" && database !== 0) return undefined;
  return { mode, tls: tls === "s", nodes, credentials, database, name, sentinelCredentials };
}

/** The servers in a URL, without credentials. */
export function serversOf(url: string): string {
  return (readRedisUrl(url)?.nodes ?? []).map(nodeName).join(",");
}

export function nodeName({ host, port }: RedisNode): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}

/** Undefined for what is none. */
export function readNode(text: string, defaultPort: number): RedisNode | undefined {
  const match = hostForm.exec(text);
  const port = Number(match?.[2] ?? defaultPort);
  return match?.[1] && port >= 1 && port <= 65_535 ? { host: match[1].replace(/^\[|\]$/g, ""), port } : undefined;
}

function split(userInfo: string): [string, string] {
  const at = userInfo.indexOf(":");
  return at < 0 ? [userInfo, ""] : [userInfo.slice(0, at), userInfo.slice(at + 1)];
}

function readCredentials(user: string | null, password: string | null, decoded = false): Credentials | undefined {
  const read = (text: string | null) => (decoded ? (text ?? "") : decode(text ?? ""));
  const [username, secret] = [read(user), read(password)];
  if (username === undefined || secret === undefined) return undefined;
  return { ...(username && { username }), ...(secret && { password: secret }) };
}

function decodedParts(path: string): string[] {
  return path
    .slice(1)
    .split("/")
    .map((part) => decode(part) ?? "/");
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
