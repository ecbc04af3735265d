/**
 * How instances tell each other of new inbox items, on the channel of changes: `inbox:<board uid>:` and, joined by
 * periods, `<newest id>:<player in base64url>`. Whoever does not know the message passes it over.
 */

/** Players in one message. */
const playersMax = 50;

/** The newest item of each player, in as many messages as it takes. */
export function inboxMessages(uid: number, newest: ReadonlyMap<string, number>): string[] {
  const hints = [...newest].map(([player, id]) => `${id}:${Buffer.from(player).toString("base64url")}`);
  const messages: string[] = [];
  for (let i = 0; i < hints.length; i += playersMax) {
    messages.push(`inbox:${uid}:${hints.slice(i, i + playersMax).join(".")}`);
  }
  return messages;
}

/** Undefined for what is no such message. */
export function parseInboxMessage(message: string): { uid: number; newest: Map<string, number> } | undefined {
  const match = /^inbox:(\d{1,15}):((?:\d{1,15}:[\w-]{1,700}(?:\.(?!$)|$)){1,50})$/.exec(message);
  if (!match?.[2]) return undefined;
  const newest = new Map<string, number>();
  for (const hint of match[2].split(".")) {
    const [id, player = ""] = hint.split(":");
    newest.set(Buffer.from(player, "base64url").toString(), Number(id));
  }
  return { uid: Number(match[1]), newest };
}
