import { z } from "zod";
import { clientAddress } from "@/lib/auth/client-address";
import { requireKey } from "@/lib/auth/require-key";
import { mintTokenInput, type PlayerTokenView } from "@/lib/domain/inbox-input";
import { playerId } from "@/lib/domain/text";
import { handle, json } from "@/lib/http/handle";
import { checkParameters, readBody } from "@/lib/http/parse";
import { watchPlayer } from "@/lib/inbox/watch-player";

const path = z.object({ player: playerId });

/** A token by which one player reads their inbox; asking for it is what makes the player watched. */
export const POST = handle<{ player: string }>(async ({ request, params, services }) => {
  const { boards } = await requireKey(
    services,
    request.headers.get("authorization"),
    "scores:write",
    null,
    clientAddress(request.headers),
  );
  const { player } = checkParameters(params, path);
  const { ttl } = await readBody(services, request, mintTokenInput);
  await watchPlayer(services, player, boards);
  const { token, expiresAt } = await services.playerTokens.mint({ player, boards, lifeS: ttl });
  const view: PlayerTokenView = { player, token, expiresAt: expiresAt.toISOString(), boards: boards && [...boards] };
  return json(view, { status: 201 });
});
