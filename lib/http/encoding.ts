import { LRUCache } from "lru-cache";
import type { Encoding } from "@/lib/live/encoded-body";

/** Browsers of the world say it in a few dozen ways. */
const encodings = new LRUCache<string, Encoding>({ max: 256 });
const rememberedLengthMax = 256;

/**
 * By `Accept-Encoding`: brotli before gzip, where the client takes it at all; its weights are not compared.
 * @param accept empty when it was not sent
 */
export function preferredEncoding(accept: string): Encoding {
  if (accept === "") return "identity";
  const known = encodings.get(accept);
  if (known) return known;
  const encoding = readPreference(accept);
  if (accept.length <= rememberedLengthMax) encodings.set(accept, encoding);
  return encoding;
}

function readPreference(accept: string): Encoding {
  const accepted = accept
    .toLowerCase()
    .split(",")
    .map((coding) => coding.replace(/\s/g, ""))
    .filter((coding) => !/;q=0(?:\.0*)?$/.test(coding))
    .map((coding) => coding.split(";")[0]);
  if (accepted.includes("br")) return "br";
  return accepted.includes("gzip") ? "gzip" : "identity";
}
