/** Failures of a Redis that do not heal by themselves: what is wrong with it, or with the way it is addressed. */

interface Failure {
  code: string;
  message: string;
}

type Words = string | ((message: string) => string);

const untrusted = "presents a certificate that is not trusted: name the one of its authority in REDIS_CA";
const messageMax = 160;

const mistakes: [fits: RegExp, words: Words][] = [
  // With `requirepass`, with users, without a password, and of Upstash.
  [/\b(WRONGPASS|NOAUTH)\b|AUTH <password> called without|invalid password|^Unauthorized/, "refuses the credentials"],
  // The latter inside a script.
  [
    /\bNOPERM\b|user executing the script can't/,
    (message) => `denies a right that Rungs needs (docs/operations.md lists them): ${message}`,
  ],
  [/unknown command|Unknown Redis command/i, (message) => `lacks a command that Rungs needs: ${message}`],
  [/server mode is sentinel/, "is a Sentinel: write redis+sentinel://host:port/name of the primary"],
  [/server mode is cluster|^MOVED/, "is a node of a Redis Cluster: write redis+cluster://host:port"],
  [/cluster support disabled/, "is not a node of a Redis Cluster: write redis://host:port"],
  [/has no primary of the name/, "do not know the primary by the name in the URL"],
  [/DB index is out of range|SELECT is not allowed/, (message) => `does not have the database of the URL: ${message}`],
  [/^(SELF_SIGNED_CERT|DEPTH_ZERO_SELF_SIGNED|UNABLE_TO_(VERIFY|GET_ISSUER))/, untrusted],
  [/^ERR_TLS_CERT_ALTNAME_INVALID/, "presents a certificate for another host name"],
];

/** In words that follow the server's name; undefined for failures that may pass. */
export function mistakeIn(error: unknown): string | undefined {
  for (const { code, message } of causes(error)) {
    const found = mistakes.find(([fits]) => fits.test(code) || fits.test(message));
    if (!found) continue;
    const [, words] = found;
    return typeof words === "string" ? words : words(message.slice(0, messageMax));
  }
  return undefined;
}

const depthMax = 5;

function causes(error: unknown): Failure[] {
  const found: Failure[] = [];
  for (let one = error; one instanceof Error && found.length < depthMax; one = one.cause) {
    found.push({ code: "code" in one ? String(one.code) : "", message: one.message });
  }
  return found.reverse();
}
