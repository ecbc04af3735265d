/** Ranges of IP addresses, as `TRUSTED_PROXIES` lists them, and addresses in one form. */
import ipaddr from "ipaddr.js";

export type Address = ipaddr.IPv4 | ipaddr.IPv6;

export type AddressRange = [network: Address, prefixBits: number];

const named: Record<string, string[]> = {
  none: [],
  loopback: ["127.0.0.0/8", "::1/128"],
  linklocal: ["169.254.0.0/16", "fe80::/10"],
  uniquelocal: ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7"],
};

/** Ranges, addresses and names, separated by commas. Null when one of them is none of these. */
export function readRanges(list: string): AddressRange[] | null {
  const words = list.split(",").map((word) => word.trim());
  const ranges = words.flatMap((word) => named[word] ?? [word]).map(readRange);
  return ranges.every((range) => range !== null) ? ranges : null;
}

function readRange(text: string): AddressRange | null {
  const [address = "", bits, ...more] = text.split("/");
  const network = readAddress(address);
  if (!network || more.length > 0) return null;
  const bitsMax = network.kind() === "ipv4" ? 32 : 128;
  if (bits === undefined) return [network, bitsMax];
  return /^\d{1,3}$/.test(bits) && Number(bits) <= bitsMax ? [network, Number(bits)] : null;
}

/** An IPv4 address that is written as an IPv6 one becomes what it is; null for anything but an address. */
export function readAddress(text: string): Address | null {
  const isAddress = text.includes(":") ? ipaddr.IPv6.isValid(text) : ipaddr.IPv4.isValidFourPartDecimal(text);
  return isAddress ? ipaddr.process(text) : null;
}

export function isInRanges(address: Address, ranges: readonly AddressRange[]): boolean {
  return ranges.some(([network, bits]) => network.kind() === address.kind() && address.match(network, bits));
}
