/**
 * Where a request comes from, for limits per address and for the log. Handlers read it from a header that only the
 * server entry can write, since its name is drawn at random for each process. Under plain `next start`, which does not
 * show the connection, it is unknown: what forwarding headers claim there can be anybody's claim.
 */
import { randomBytes } from "node:crypto";
import type { IncomingMessage } from "node:http";
import ipaddr from "ipaddr.js";
import { type Address, type AddressRange, isInRanges, readAddress } from "@/lib/address-ranges";
import { BoundedCache } from "@/lib/bounded-cache";
import type { Logger } from "@/lib/logger";
import { processSingleton } from "@/lib/process-singleton";

export const clientAddressHeader = processSingleton(
  "client-address-header",
  () => `x-rungs-client-address-${randomBytes(8).toString("hex")}`,
);

/** The origin of Rungs is PUBLIC_URL; nothing may follow from where a client claims to have been sent. */
const originHeaders = ["forwarded", "x-forwarded-host", "x-forwarded-port", "x-forwarded-proto"];

/** An X-Forwarded-For of three IPv6 addresses; a longer one is parsed each time. */
const rememberedLengthMax = 128;
const rememberedBytes = 640;

export class ClientAddresses {
  readonly #trustedProxies: readonly AddressRange[];
  readonly #logger: Logger;
  /** By peer and X-Forwarded-For: clients send many requests, and parsing an address costs as much as checking an API key. */
  readonly #remembered = new BoundedCache<string, string>("clientAddresses", rememberedBytes);
  #warned = false;

  constructor(trustedProxies: readonly AddressRange[], logger: Logger) {
    this.#trustedProxies = trustedProxies;
    this.#logger = logger;
  }

  /** What is held takes of memory. */
  get bytes(): number {
    return this.#remembered.bytes;
  }

  /** Writes the header. The server entry owes this to every request that goes on to a handler. */
  stamp(incoming: IncomingMessage): void {
    for (const name of originHeaders) delete incoming.headers[name];
    const address = this.of(incoming);
    incoming.rawHeaders.push(clientAddressHeader, address);
    incoming.headers[clientAddressHeader] = address;
  }

  /**
   * The nearest address that is not a trusted proxy's: X-Forwarded-For is read from its end, to which each proxy adds
   * the address it saw. Of IPv6 the network of 64 bits, which is what one customer is given.
   */
  of({ headers, socket }: IncomingMessage): string {
    const { remoteAddress = "" } = socket;
    const given = headers["x-forwarded-for"];
    const forwardedFor = given === undefined ? undefined : String(given);
    const key = forwardedFor === undefined ? remoteAddress : `${remoteAddress} ${forwardedFor}`;
    const remembered = this.#remembered.get(key);
    if (remembered !== undefined) return remembered;
    const address = this.#read(remoteAddress, forwardedFor);
    if (key.length <= rememberedLengthMax) this.#remembered.set(key, address);
    return address;
  }

  #read(remoteAddress: string, forwardedFor: string | undefined): string {
    const peer = readAddress(remoteAddress);
    if (!peer) return "";
    if (forwardedFor === undefined) return written(peer);
    if (isInRanges(peer, this.#trustedProxies)) return written(this.#firstUntrusted(peer, forwardedFor));
    this.#warnOnce(peer);
    return written(peer);
  }

  #firstUntrusted(peer: Address, forwardedFor: string): Address {
    let nearest = peer;
    for (const hop of forwardedFor.split(",").reverse()) {
      const address = readHop(hop.trim());
      // What a trusted proxy has not understood says nothing about what lies beyond.
      if (!address) break;
      nearest = address;
      if (!isInRanges(address, this.#trustedProxies)) break;
    }
    return nearest;
  }

  #warnOnce(peer: Address): void {
    if (this.#warned) return;
    this.#warned = true;
    const consequence = "limits per address count this peer as one client";
    this.#logger.warn({ peer: peer.toString() }, `X-Forwarded-For of a peer not in TRUSTED_PROXIES: ${consequence}`);
  }
}

/** The address a request came from; null when nothing tells. */
export function clientAddress(headers: Headers): string | null {
  return headers.get(clientAddressHeader) || null;
}

/** Some proxies add the port: `192.0.2.1:4711`, `[2001:db8::1]:4711`. */
function readHop(hop: string): Address | null {
  const [, bracketed, plain] = /^(?:\[([^\]]+)\](?::\d+)?|(\d+\.\d+\.\d+\.\d+):\d+)$/.exec(hop) ?? [];
  return readAddress(bracketed ?? plain ?? hop);
}

function written(address: Address): string {
  if (address.kind() === "ipv4" || address.range() === "loopback") return address.toString();
  const network = address.toByteArray().fill(0, 8);
  return ipaddr.fromByteArray(network).toString();
}
