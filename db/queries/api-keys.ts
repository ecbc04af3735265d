import { and, desc, eq, inArray, isNull, sql } from "drizzle-orm";
import type { Queryable } from "@/db/client";
import { apiKeys } from "@/db/schema";
import type { ApiKeyView, ApiScope, CreateKeyInput } from "@/lib/domain/access";

/** What checking a key needs. */
export interface StoredKey {
  id: string;
  secretHash: string;
  scopes: ApiScope[];
  boards: string[] | null;
}

const listedMax = 1_000;
const viewColumns = {
  id: apiKeys.id,
  name: apiKeys.name,
  scopes: apiKeys.scopes,
  boards: apiKeys.boards,
  createdAt: apiKeys.createdAt,
  lastUsedAt: apiKeys.lastUsedAt,
  revokedAt: apiKeys.revokedAt,
};

export async function insertApiKey(
  db: Queryable,
  key: CreateKeyInput & { id: string; secretHash: string },
): Promise<ApiKeyView> {
  const [row] = await db.insert(apiKeys).values(key).returning(viewColumns);
  if (!row) throw new Error("the new API key was not returned");
  return toView(row);
}

/** Those of the keys that exist and were not revoked. */
export async function findActiveApiKeys(db: Queryable, ids: string[]): Promise<StoredKey[]> {
  const rows = await db
    .select({ id: apiKeys.id, secretHash: apiKeys.secretHash, scopes: apiKeys.scopes, boards: apiKeys.boards })
    .from(apiKeys)
    .where(and(inArray(apiKeys.id, ids), isNull(apiKeys.revokedAt)));
  return rows.map((row) => ({ ...row, scopes: row.scopes as ApiScope[] }));
}

/** Newest first, the ones in force before the revoked ones. */
export async function listApiKeys(db: Queryable): Promise<ApiKeyView[]> {
  const rows = await db
    .select(viewColumns)
    .from(apiKeys)
    .orderBy(sql`${apiKeys.revokedAt} is not null`, desc(apiKeys.createdAt), apiKeys.id)
    .limit(listedMax);
  return rows.map(toView);
}

/** False when there is no such key. Revoking twice keeps the first time. */
export async function revokeApiKey(db: Queryable, id: string): Promise<boolean> {
  const rows = await db
    .update(apiKeys)
    .set({ revokedAt: sql`coalesce(${apiKeys.revokedAt}, now())` })
    .where(eq(apiKeys.id, id))
    .returning({ id: apiKeys.id });
  return rows.length > 0;
}

/** Notes when keys were last used; an older time never overwrites a newer one. */
export async function recordApiKeyUse(db: Queryable, uses: readonly { id: string; at: Date }[]): Promise<void> {
  await db.execute(sql`
    update ${apiKeys} set last_used_at = greatest(last_used_at, used.at)
    from jsonb_to_recordset(${JSON.stringify(uses)}::jsonb) as used(id text, at timestamptz)
    where ${apiKeys.id} = used.id`);
}

function toView(row: Omit<typeof apiKeys.$inferSelect, "secretHash">): ApiKeyView {
  return {
    ...row,
    scopes: row.scopes as ApiScope[],
    createdAt: row.createdAt.toISOString(),
    lastUsedAt: row.lastUsedAt?.toISOString() ?? null,
    revokedAt: row.revokedAt?.toISOString() ?? null,
  };
}
