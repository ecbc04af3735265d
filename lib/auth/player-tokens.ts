/**
 * Tokens by which a game backend vouches for one of its players. Signed, stored nowhere, and good until they expire: a
 * new `AUTH_SECRET` is what revokes them.
 */
import { hkdfSync } from "node:crypto";
import { errors, jwtVerify, SignJWT } from "jose";
import { z } from "zod";
import { SettingsError } from "@/lib/env";

export interface VerifiedPlayer {
  player: string;
  /** Board ids the token is good for; null means all. */
  boards: readonly string[] | null;
}

export interface PlayerTokens {
  /** @param lifeS seconds that the token is good for */
  mint(input: VerifiedPlayer & { lifeS: number }): Promise<{ token: string; expiresAt: Date }>;
  /** Null for a token that is not ours, was tampered with, or has expired. */
  verify(token: string): Promise<VerifiedPlayer | null>;
}

export const playerTokenPrefix = "rungs_player_";
const algorithm = "HS256";
const audience = "rungs-player";
const keyBytes = 32;
/** Room for a hundred long board ids; what is longer is not looked at. */
const charactersMax = 12_000;

const claims = z.object({ sub: z.string().min(1), boards: z.array(z.string()).nullable() });

export function createPlayerTokens(authSecret: string | undefined): PlayerTokens {
  if (!authSecret) throw new SettingsError("AUTH_SECRET: must be set where `npm start` does not make one");
  const key = new Uint8Array(hkdfSync("sha256", authSecret, "", "rungs player token v1", keyBytes));
  return {
    async mint({ player, boards, lifeS }) {
      const issuedAt = Math.floor(Date.now() / 1_000);
      const jwt = new SignJWT({ boards: boards ? [...boards] : null })
        .setProtectedHeader({ alg: algorithm })
        .setSubject(player)
        .setAudience(audience)
        .setIssuedAt(issuedAt)
        .setExpirationTime(issuedAt + lifeS);
      const token = playerTokenPrefix + (await jwt.sign(key));
      return { token, expiresAt: new Date((issuedAt + lifeS) * 1_000) };
    },
    async verify(token) {
      if (!token.startsWith(playerTokenPrefix) || token.length > charactersMax) return null;
      try {
        const requiredClaims = ["exp", "sub"];
        const options = { algorithms: [algorithm], audience, requiredClaims };
        const { payload } = await jwtVerify(token.slice(playerTokenPrefix.length), key, options);
        const { sub: player, boards } = claims.parse(payload);
        return { player, boards };
      } catch (error) {
        if (error instanceof errors.JOSEError || error instanceof z.ZodError) return null;
        throw error;
      }
    },
  };
}
