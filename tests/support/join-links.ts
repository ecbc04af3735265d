/** The links by which organizers join. */

/** The one for the first organizer, as a server prints it. */
export function firstLinkIn(output: string): string {
  const link = /https?:\S+\/join#token=\S+/.exec(output)?.[0];
  if (!link) throw new Error("the server printed no link for the first organizer");
  return link;
}

export function tokenOf(link: string | null): string {
  const token = new URLSearchParams(new URL(link ?? "http://none").hash.slice(1)).get("token");
  if (!token) throw new Error("there is no link");
  return token;
}
