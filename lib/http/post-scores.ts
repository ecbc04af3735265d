/** `POST /api/v1/boards/{board}/scores`; the same for the raw path and the route. */
import type { IncomingMessage } from "node:http";
import { clientAddress } from "@/lib/auth/client-address";
import { requireKey } from "@/lib/auth/require-key";
import type { BodyMemory, CountChunk } from "@/lib/body-memory";
import { RungsError } from "@/lib/domain/errors";
import { presentBoard } from "@/lib/leaderboard/present-board";
import { submitScores } from "@/lib/leaderboard/submit-scores";
import type { Services } from "@/lib/services";
import { decodeBody, parseExact, readQuery, readText, requireJson, scoresBodyBytesMax } from "./parse";
import { readIdempotency, readItems, scoresQuery } from "./scores";

/** A request with scores, whichever way it came. */
export interface ScoresPost {
  /** Where it came from; null when nothing tells. */
  address: string | null;
  search: URLSearchParams;
  header(name: string): string | null;
  /** Throws what is wrong with the body as a body. */
  text(memory: BodyMemory): Promise<string>;
}

const noOptions = scoresQuery.parse({});

/** Stores the scores and gives the reply's JSON, and whether it is that of an earlier request. */
export async function postScores(
  services: Services,
  boardId: string,
  post: ScoresPost,
): Promise<{ reply: string; replayed: boolean }> {
  await requireKey(services, post.header("authorization"), "scores:write", boardId, post.address);
  const options = post.search.size === 0 ? noOptions : readQuery(post.search, scoresQuery);
  const { items, pointer } = readItems(parseExact(await post.text(services.bodies.trusted)));
  const idempotencyKey = post.header("idempotency-key");
  return submitScores(services, {
    ...options,
    items,
    pointer,
    board: async (fresh) => (fresh ? presentBoard(services, boardId) : (await services.liveBoards.get(boardId)).board),
    idempotency: idempotencyKey === null ? null : readIdempotency(idempotencyKey, items, options),
  });
}

export function postOfRequest(request: Request): ScoresPost {
  return {
    address: clientAddress(request.headers),
    search: new URL(request.url).searchParams,
    header: (name) => request.headers.get(name),
    text: (memory) => readText(request, scoresBodyBytesMax, memory),
  };
}

/**
 * The same on Node's own request, without the cost of a web one. Null for a body of a length that is not told or not
 * taken: reading just enough of that is left to the route.
 */
export function postOfNode(request: IncomingMessage, address: string, search: URLSearchParams): ScoresPost | null {
  const length = Number(request.headers["content-length"]);
  if (!(length <= scoresBodyBytesMax)) return null;
  const header = (name: string) => {
    const value = request.headers[name];
    return typeof value === "string" ? value : null;
  };
  return {
    address,
    search,
    header,
    async text(memory) {
      requireJson(header("content-type"), header("content-encoding"));
      return decodeBody(await memory.receive(address, (count) => readAll(request, count)));
    },
  };
}

function readAll(request: IncomingMessage, count: CountChunk): Promise<Buffer> {
  return new Promise<Buffer>((resolve, reject) => {
    const chunks: Buffer[] = [];
    const closed = () => request.complete || reject(new RungsError("unavailable", "The client went away."));
    if (request.destroyed) closed();
    request.on("data", (chunk: Buffer) => {
      try {
        count(chunk);
        chunks.push(chunk);
      } catch (error) {
        request.removeAllListeners("data").resume();
        reject(error);
      }
    });
    request.on("end", () => resolve(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks)));
    request.on("error", closed);
    request.on("close", closed);
  });
}
