/** What the requests are about: boards, players, and everybody who may ask for more than the public. */
import { tokenOf } from "@/tests/support/join-links";

export interface Site {
  boards: string[];
  /** Made, changed and deleted meanwhile. */
  scratch: string[];
  players: string[];
  /** Bearers of a writing key, of one for the scratch boards, and of a player's token. */
  bearers: string[];
  cookie: string;
}

/** What the server takes for its address, whichever port it has. */
export const publicUrl = "http://localhost";

const players = Array.from({ length: 200 }, (_, i) => `p${i}`);
const tiebreaks = [{ name: "t", order: "asc" }];

/** @param firstLink as the server printed it */
export async function fillSite(url: string, firstLink: string): Promise<Site> {
  const token = tokenOf(firstLink);
  const sameOrigin = { "content-type": "application/json", "sec-fetch-site": "same-origin" };
  const person = { token, name: "Ada", email: "ada@example.com", password: "tall ships leave at dawn" };
  const joined = await send(url, "/api/v1/invitations/accept", person, sameOrigin);
  const cookie = joined.headers
    .getSetCookie()
    .map((line) => line.split(";")[0])
    .join("; ");
  const organizer = { ...sameOrigin, cookie };
  const scratch = Array.from({ length: 8 }, (_, i) => `s${i}`);
  const boards = ["cup", "polled", "empty"];
  await send(
    url,
    "/api/v1/boards",
    { id: "cup", name: "Cup", delivery: "sse", decimals: 2, tiebreaks, embedHosts: ["*"] },
    organizer,
  );
  await send(url, "/api/v1/boards", { id: "polled", name: "Polled", rankStyle: "dense" }, organizer);
  await send(url, "/api/v1/boards", { id: "empty", name: "Empty", delivery: "sse" }, organizer);
  const keyOf = async (body: object) => (await (await send(url, "/api/v1/keys", body, organizer)).json()).key as string;
  const writer = `Bearer ${await keyOf({ name: "w", scopes: ["scores:write"], boards })}`;
  const manager = `Bearer ${await keyOf({ name: "m", scopes: ["scores:write", "boards:manage"], boards: scratch })}`;
  const asGame = { "content-type": "application/json", authorization: writer };
  for (let round = 0; round < 5; round++) {
    const scores = players.map((player, i) => ({ player, name: `Player ${i}`, score: i + round }));
    for (const board of ["cup", "polled"]) await send(url, `/api/v1/boards/${board}/scores`, { scores }, asGame);
  }
  const minted = await (await send(url, "/api/v1/players/p0/token", {}, asGame)).json();
  return { boards, scratch, players, bearers: [writer, manager, `Bearer ${minted.token}`], cookie };
}

async function send(url: string, path: string, body: object, headers: Record<string, string>): Promise<Response> {
  const reply = await fetch(url + path, { method: "POST", headers, body: JSON.stringify(body) });
  if (!reply.ok) throw new Error(`${path}: ${reply.status} ${await reply.text()}`);
  return reply;
}
