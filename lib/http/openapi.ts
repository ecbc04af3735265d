/** The contract as an OpenAPI document, made from the schemas that validate. */
import { z } from "zod";
import { createDocument, type ZodOpenApiOperationObject } from "zod-openapi";
import {
  acceptInvitationInput,
  apiKeyView,
  createdInvitationView,
  createdKeyView,
  createKeyInput,
  invitationView,
  organizerView,
  signInInput,
} from "@/lib/domain/access";
import { boardId, createBoardInput, updateBoardInput } from "@/lib/domain/board";
import {
  acknowledgeInput,
  inboxView,
  mintTokenInput,
  playerTokenView,
  unacknowledgedView,
} from "@/lib/domain/inbox-input";
import { scoresBody } from "@/lib/domain/score-input";
import { playerId } from "@/lib/domain/text";
import { boardsQuery } from "./board-list";
import { windowQuery } from "./board-reply";
import { eventsQuery, momentQuery, raceQuery } from "./history";
import { eventsSchema, historySchema, pastBoardSchema, raceSchema, timelineSchema } from "./history-schemas";
import { inboxQuery } from "./inbox";
import { oembedQuery, oembedSchema } from "./oembed";
import {
  boardListSchema,
  boardSettingsSchema,
  playerSchema,
  problemSchema,
  searchSchema,
  snapshotSchema,
  submitReplySchema,
} from "./reply-schemas";
import { scoresQuery } from "./scores";
import { searchQuery } from "./search";
import { streamQuery } from "./stream";

type Responses = ZodOpenApiOperationObject["responses"];

const board = { path: z.object({ board: boardId }) };
const problem = { description: "Problem", content: { "application/problem+json": { schema: problemSchema } } };
const unchanged = { description: "Unchanged since the version in If-None-Match" };
const byKey = [{ apiKey: [] }];
const byManager = [{ apiKey: [] }, { session: [] }];
const bySession = [{ session: [] }];
const byPlayer = [{ playerToken: [] }];
const playerOnBoard = z.object({ board: boardId, player: playerId });

const idempotencyKey = z.object({
  "Idempotency-Key": z.string().min(1).max(255).optional().meta({
    description:
      "Makes the post count once: for 24 hours a repetition on the same board, by whichever API key, gets the first reply. Bodies are compared by what they mean, not by their bytes; another one with the same key is a 422 `idempotency-mismatch`.",
  }),
});
const lastEventId = z.object({
  "Last-Event-ID": z.string().optional().meta({
    description: "`id` of the last event that came: the stream goes on from there, or begins with a snapshot",
  }),
});

const json = (schema: z.ZodType) => ({ content: { "application/json": { schema } } });
const replies = (status: `${200 | 201}`, description: string, schema: z.ZodType): Responses => ({
  [status]: { description, ...json(schema) },
  default: problem,
});
/** 409 `history-too-long` is among the problems. */
const lookedBack = (description: string, schema: z.ZodType): Responses => ({
  ...replies("200", description, schema),
  "304": unchanged,
});
const empty: Responses = { "204": { description: "Done" }, default: problem };

export function openApiDocument(): object {
  return createDocument({
    openapi: "3.1.0",
    info: {
      title: "Rungs",
      version: "1",
      description:
        "Live leaderboards: polling first, streaming where asked for. Operations that need no key or session, and those of a player's inbox, allow any origin (CORS), without cookies.",
    },
    paths: {
      "/api/v1/boards": {
        get: {
          summary:
            "The boards, a page at a time: who leads, when they changed, how many watch; as of the last second or two",
          requestParams: { query: boardsQuery },
          responses: {
            ...replies("200", "The page", boardListSchema),
            "304": unchanged,
          },
        },
        post: {
          summary: "Create a board",
          security: byManager,
          requestBody: json(createBoardInput),
          responses: replies("201", "The board", boardSettingsSchema),
        },
      },
      "/api/v1/boards/{board}": {
        get: {
          summary: "A page of a board: the cached endpoint that every poll uses",
          requestParams: { ...board, query: windowQuery },
          responses: {
            ...replies("200", "The page", snapshotSchema),
            "304": unchanged,
          },
        },
        patch: {
          summary: "Change a board; order, operator, decimals and tiebreaks only while it is empty",
          security: byManager,
          requestParams: board,
          requestBody: json(updateBoardInput),
          responses: replies("200", "The board", boardSettingsSchema),
        },
        delete: {
          summary: "Remove a board with its scores",
          security: byManager,
          requestParams: board,
          responses: empty,
        },
      },
      "/api/v1/boards/{board}/settings": {
        get: {
          summary: "All settings of a board, also those that the public does not see",
          security: byManager,
          requestParams: board,
          responses: replies("200", "The settings", boardSettingsSchema),
        },
      },
      "/api/v1/boards/{board}/scores": {
        post: {
          summary: "Post one score, or up to 1,000; an item with a name and without a score renames a player",
          security: byKey,
          requestParams: {
            ...board,
            query: scoresQuery,
            header: idempotencyKey,
          },
          requestBody: json(scoresBody),
          responses: replies("200", "Stored; one result for each item, in the order posted", submitReplySchema),
        },
      },
      "/api/v1/boards/{board}/players": {
        get: {
          summary: "Players whose id or name begins with a text",
          requestParams: { ...board, query: searchQuery },
          responses: replies("200", "Who is called just that first, then by standing", searchSchema),
        },
      },
      "/api/v1/boards/{board}/players/{player}": {
        get: {
          summary: "A player's standing, and who stands around",
          requestParams: {
            path: playerOnBoard,
            query: z.object({
              around: z.int().min(0).max(50).default(5).meta({ description: "How many above and below" }),
            }),
          },
          responses: { ...replies("200", "The standing", playerSchema), "304": unchanged },
        },
      },
      "/api/v1/boards/{board}/players/{player}/events": {
        get: {
          summary: "Every score posted for a player, and what it led to",
          requestParams: { path: playerOnBoard, query: eventsQuery },
          responses: lookedBack("Newest first", eventsSchema),
        },
      },
      "/api/v1/boards/{board}/players/{player}/history": {
        get: {
          summary: "A player's score and rank over time, for charts",
          requestParams: { path: playerOnBoard },
          responses: lookedBack("Points in time", historySchema),
        },
      },
      "/api/v1/boards/{board}/at": {
        get: {
          summary: "The board as it stood at a moment: by the clock, or after an event; now, if neither is given",
          requestParams: { ...board, query: momentQuery },
          responses: lookedBack("The board after the last event up to then", pastBoardSchema),
        },
      },
      "/api/v1/boards/{board}/timeline": {
        get: {
          summary: "From when to when the board has a past, and moments to step through it",
          requestParams: board,
          responses: lookedBack("The moments", timelineSchema),
        },
      },
      "/api/v1/boards/{board}/race": {
        get: {
          summary: "The scores over time of those who lead now",
          requestParams: { ...board, query: raceQuery },
          responses: lookedBack("In the order of the board", raceSchema),
        },
      },
      "/api/v1/boards/{board}/players/{player}/inbox": {
        get: {
          summary: "What a watched player must not miss, until it is acknowledged",
          security: byPlayer,
          requestParams: { path: playerOnBoard, query: inboxQuery },
          responses: replies("200", "Unacknowledged items, oldest first", inboxView),
        },
      },
      "/api/v1/boards/{board}/players/{player}/inbox/ack": {
        post: {
          summary: "Acknowledge items; those acknowledged before, or unknown, are passed over",
          security: byPlayer,
          requestParams: { path: playerOnBoard },
          requestBody: json(acknowledgeInput),
          responses: replies("200", "How many are left", unacknowledgedView),
        },
      },
      "/api/v1/players/{player}/token": {
        post: {
          summary: "A token by which one player reads their inbox; from now on the player is watched",
          security: byKey,
          requestParams: { path: z.object({ player: playerId }) },
          requestBody: json(mintTokenInput),
          responses: replies("201", "The token, shown once", playerTokenView),
        },
      },
      "/api/v1/boards/{board}/stream": {
        get: {
          summary: "Rank changes as Server-Sent Events; 409 while the board is delivered by polling",
          requestParams: { ...board, query: streamQuery, header: lastEventId },
          responses: {
            "200": {
              description: "Events snapshot, delta, standing, inbox, heartbeat and bye",
              content: { "text/event-stream": { schema: z.string() } },
            },
            default: problem,
          },
        },
      },
      "/api/v1/oembed": {
        get: {
          summary: "How to show a board's page on another site (oembed.com)",
          requestParams: { query: oembedQuery },
          responses: { ...replies("200", "A frame, as HTML", oembedSchema), "304": unchanged },
        },
      },
      "/api/v1/keys": {
        get: {
          summary: "All API keys, without their secrets",
          security: bySession,
          responses: replies("200", "The keys", z.object({ keys: z.array(apiKeyView) })),
        },
        post: {
          summary: "Make an API key, shown once",
          security: bySession,
          requestBody: json(createKeyInput),
          responses: replies("201", "The key", createdKeyView),
        },
      },
      "/api/v1/keys/{id}": {
        delete: {
          summary: "Revoke an API key",
          security: bySession,
          requestParams: { path: z.object({ id: z.string() }) },
          responses: empty,
        },
      },
      "/api/v1/invitations": {
        get: {
          summary: "Invitations still open",
          security: bySession,
          responses: replies("200", "The invitations", z.object({ invitations: z.array(invitationView) })),
        },
        post: {
          summary: "Invite an organizer; the one-time link is shown once",
          security: bySession,
          responses: replies("201", "The invitation", createdInvitationView),
        },
      },
      "/api/v1/invitations/accept": {
        post: {
          summary: "Become an organizer by a one-time link",
          requestBody: json(acceptInvitationInput),
          responses: replies("201", "Signed in", z.object({ organizer: organizerView })),
        },
      },
      "/api/auth/sign-in/email": {
        post: {
          summary: "Sign in as an organizer",
          requestBody: json(signInInput),
          responses: replies("200", "Signed in", z.object({ organizer: organizerView })),
        },
      },
    },
    components: {
      securitySchemes: {
        apiKey: { type: "http", scheme: "bearer", description: "An API key with the scope the route needs" },
        playerToken: { type: "http", scheme: "bearer", description: "A token that a key minted for one player" },
        session: { type: "apiKey", in: "cookie", name: "rungs.session_token" },
      },
    },
  });
}
