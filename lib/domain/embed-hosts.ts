/**
 * Which sites may show a board in a frame: a list of hosts, empty for none, `*` alone for any. Kept as browsers compare
 * them: lower case, international names in Punycode, without a default port.
 */
import { z } from "zod";

export const embedHostsMax = 50;
const charactersMax = 255;

const anySite = "*";
const examples = ["example.org", "example.org:8443", "*.example.org", "localhost:5173", "bücher.example"];

const embedHost = z
  .string()
  .max(charactersMax, `must have at most ${charactersMax} characters`)
  .meta({ examples })
  .transform((given, context) => {
    const read = readHost(given);
    if ("host" in read) return read.host;
    context.addIssue({ code: "custom", message: read.problem });
    return z.NEVER;
  });

/** A board's `embedHosts`, as organizers give it. */
export const embedHosts = z
  .array(embedHost)
  .max(embedHostsMax, `must have at most ${embedHostsMax} hosts`)
  .refine((hosts) => hosts.length === 1 || !hosts.includes(anySite), "must have * alone, or not at all")
  .transform((hosts) => [...new Set(hosts)])
  .meta({
    description: `Sites that may show the board in a frame: none, "*" for any, or hosts; https only, but for localhost`,
  });

/** The value of `frame-ancestors` in a Content-Security-Policy. */
export function frameAncestors(hosts: readonly string[]): string {
  return hosts.length === 0 ? "'none'" : hosts.map(sourceOf).join(" ");
}

function sourceOf(host: string): string {
  if (host === anySite) return host;
  return `${isLocal(host.replace(/:\d+$/, "")) ? "http" : "https"}://${host}`;
}

const form = /^(?:(https?):\/\/)?(\*\.)?([^\s/?#@:\\%*[\]]+)(?::(\d{1,5}))?\/?$/i;
const label = "[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?";
const hostName = new RegExp(`^${label}(?:\\.${label})*$`);
const hostNameCharactersMax = 253;

/** As it stands in an address bar, too: with `https://` in front and a slash behind. */
function readHost(given: string): { host: string } | { problem: string } {
  if (given === anySite) return { host: given };
  const [, scheme, wildcard = "", typed = "", port] = form.exec(given) ?? [];
  const address = `http://${typed}`;
  const name = URL.canParse(address) ? new URL(address).hostname : "";
  if (!hostName.test(name) || name.length > hostNameCharactersMax || Number(port ?? 1) < 1 || Number(port) > 65_535) {
    return { problem: "must be a host such as example.org, example.org:8443 or *.example.org" };
  }
  const local = isLocal(name);
  const isAddress = /^\d+(\.\d+){3}$/.test(name);
  if (isAddress && !local) return { problem: "must be a name: browsers compare no addresses but 127.0.0.1" };
  if (scheme?.toLowerCase() === "http" && !local) return { problem: "must be a site with https, or localhost" };
  if (wildcard && (isAddress || !name.includes("."))) {
    return { problem: "must have a name of two parts at least behind the *, as in *.example.org" };
  }
  const isDefault = port === undefined || Number(port) === (local ? 80 : 443);
  return { host: `${wildcard}${name}${isDefault ? "" : `:${Number(port)}`}` };
}

/** What cannot be reached from elsewhere needs no certificate. */
function isLocal(name: string): boolean {
  return name === "localhost" || name.endsWith(".localhost") || name === "127.0.0.1";
}
