import { getPublicSuffix } from "tldts";
import { RungsError } from "@/lib/domain/errors";

/**
 * Refuses `*.` before a name under which strangers register theirs, such as `*.co.uk` and `*.github.io`, by the Public
 * Suffix List: it would let anybody show the board. Throws `invalid-request`.
 */
export function refuseSharedSuffixes(embedHosts: readonly string[] = []): void {
  const errors = embedHosts.flatMap((host, i) => {
    const name = /^\*\.([^:]+)/.exec(host)?.[1];
    const shared = name !== undefined && getPublicSuffix(name, { allowPrivateDomains: true }) === name;
    return shared ? [{ pointer: `/embedHosts/${i}`, detail: "must not be *. before a name that strangers share" }] : [];
  });
  if (errors.length > 0) throw new RungsError("invalid-request", "A host stands for sites of strangers.", { errors });
}
