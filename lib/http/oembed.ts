/** `GET /api/v1/oembed`: how to show a board's page on another site, by the specification at oembed.com. */
import { z } from "zod";
import { frameHeight, frameHtml, frameWidth } from "@/lib/domain/embed-frame";
import { embedOptions, embedQuery } from "@/lib/domain/embed-options";
import { isRungsError, RungsError } from "@/lib/domain/errors";
import type { Admit } from "@/lib/read-gate/read-gate";
import type { Services } from "@/lib/services";
import { liveBoardOf } from "./live-board-of";
import { readQuery, wholeNumber } from "./parse";

const addressCharactersMax = 2_048;
const pixelsMax = 9_999_999_999;
/** Seconds after which a site should ask again: a board may get another name, or be for other sites no more. */
const cacheAgeS = 3_600;

const pixels = wholeNumber(1, pixelsMax).optional();

export const oembedQuery = z.object({
  url: z
    .url({ protocol: /^https?$/, error: "must be the address of a board's page" })
    .max(addressCharactersMax, `must have at most ${addressCharactersMax} characters`)
    .meta({ description: "Of a board's page, or of the one made for frames" }),
  maxwidth: pixels.meta({ description: "Pixels" }),
  maxheight: pixels.meta({ description: "Pixels" }),
  // The specification has a 501 for other formats; here any 5xx but 503 is a fault of the server, which no client may cause.
  format: z
    .literal("json", "must be json, there is no other")
    .default("json")
    .meta({ description: "400 for any other" }),
});

export const oembedSchema = z
  .object({
    version: z.literal("1.0"),
    type: z.literal("rich"),
    provider_name: z.string(),
    provider_url: z.string(),
    title: z.string().meta({ description: "The board's name, as text" }),
    html: z.string().meta({ description: "An iframe" }),
    width: z.int(),
    height: z.int(),
    cache_age: z.int().meta({ description: "Seconds" }),
  })
  .meta({ id: "Oembed" });

/** Throws `bad-request`, `not-found`, `board-not-found` and `embedding-off`. */
export async function readOembed(
  services: Pick<Services, "env" | "liveBoards">,
  search: URLSearchParams,
  admit: Admit,
): Promise<z.infer<typeof oembedSchema>> {
  const { env } = services;
  const query = readOembedQuery(search);
  const page = readPage(query.url, env.publicUrl);
  if (!page) throw new RungsError("not-found", `The address is not that of a board of ${env.publicUrl}.`);
  const { board } = await liveBoardOf(services, page.board, admit);
  if (board.embedHosts.length === 0)
    throw new RungsError("embedding-off", "This board is not for other sites: link it.");
  const width = Math.min(frameWidth, query.maxwidth ?? frameWidth);
  const height = Math.min(frameHeight(page.options.rows), query.maxheight ?? pixelsMax);
  const address = `${env.publicUrl}/boards/${board.id}/embed${embedQuery(page.options)}`;
  return {
    version: "1.0",
    type: "rich",
    provider_name: "Rungs",
    provider_url: env.publicUrl,
    title: board.name,
    html: frameHtml({ address, title: board.name, width, height }),
    width,
    height,
    cache_age: cacheAgeS,
  };
}

/** What is wrong with it is a 400 here, as consumers of oEmbed know it. */
function readOembedQuery(search: URLSearchParams): z.infer<typeof oembedQuery> {
  try {
    return readQuery(search, oembedQuery);
  } catch (error) {
    if (!isRungsError(error) || error.code !== "invalid-request") throw error;
    throw new RungsError("bad-request", error.message, { errors: error.errors });
  }
}

/** Reads the address of a board's page, or of the one made for frames, whose options go along. */
function readPage(address: string, publicUrl: string) {
  const { origin, pathname, searchParams } = new URL(address);
  const board = /^\/boards\/([a-z0-9-]+)(?:\/embed)?\/?$/.exec(pathname)?.[1];
  if (!board || origin !== new URL(publicUrl).origin) return null;
  return { board, options: embedOptions.parse(Object.fromEntries(searchParams)) };
}
