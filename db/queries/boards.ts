import { asc, eq, inArray, sql } from "drizzle-orm";
import type { Queryable } from "@/db/client";
import { boards, deletedBoards, inboxBoards, indexOutbox, watchedPlayers } from "@/db/schema";
import { type Board, boardId, type CreateBoardInput, type UpdateBoardInput } from "@/lib/domain/board";

export interface StoredBoard extends Board {
  /** Number of its last score event or rename. */
  seq: number;
  /** How many are on it. */
  players: number;
}

/** Of 2^31 random uids. */
const uidAttemptsMax = 5;

export async function findBoard(db: Queryable, id: string): Promise<StoredBoard | null> {
  if (!canBeId(id)) return null;
  const [row] = await db.select().from(boards).where(eq(boards.id, id));
  return row ? toBoard(row) : null;
}

export async function findBoardByUid(db: Queryable, uid: number): Promise<StoredBoard | null> {
  const [row] = await db.select().from(boards).where(eq(boards.uid, uid));
  return row ? toBoard(row) : null;
}

/** Takes the board's row lock, behind which all writes to the board queue up. */
export async function lockBoard(db: Queryable, id: string): Promise<StoredBoard | null> {
  if (!canBeId(id)) return null;
  const [row] = await db.select().from(boards).where(eq(boards.id, id)).for("update");
  return row ? toBoard(row) : null;
}

export async function listBoards(db: Queryable): Promise<StoredBoard[]> {
  const rows = await db.select().from(boards).orderBy(asc(boards.name), asc(boards.id));
  return rows.map(toBoard);
}

/** Null when the id is taken. A uid that is taken gives way to another random one. */
export async function insertBoard(db: Queryable, input: CreateBoardInput): Promise<Board | null> {
  for (let attempt = 1; attempt <= uidAttemptsMax; attempt++) {
    const [row] = await db.insert(boards).values(input).onConflictDoNothing().returning();
    if (row) return toBoard(row);
    if (await findBoard(db, input.id)) return null;
  }
  throw new Error(`no free uid for board ${input.id}`);
}

export async function changeBoard(db: Queryable, uid: number, change: UpdateBoardInput): Promise<StoredBoard> {
  const [row] = await db
    .update(boards)
    .set({ ...defined(change), revision: sql`${boards.revision} + 1`, updatedAt: sql`now()` })
    .where(eq(boards.uid, uid))
    .returning();
  if (!row) throw new Error(`board ${uid} vanished under its lock`);
  return toBoard(row);
}

/** Removes a board, so that its id is free; its outbox row tells the index to drop it. The clean-up erases the rest. */
export async function removeBoard(db: Queryable, uid: number): Promise<void> {
  await db.insert(deletedBoards).values({ uid });
  await db.delete(indexOutbox).where(eq(indexOutbox.boardUid, uid));
  const id = db.select({ id: boards.id }).from(boards).where(eq(boards.uid, uid));
  await db.delete(watchedPlayers).where(inArray(watchedPlayers.board, id));
  await db.delete(inboxBoards).where(eq(inboxBoards.boardUid, uid));
  await db.delete(boards).where(eq(boards.uid, uid));
}

/** What cannot be an id is nobody's, and Postgres takes offence at a NUL. */
function canBeId(id: string): boolean {
  return boardId.safeParse(id).success;
}

function toBoard(row: typeof boards.$inferSelect): StoredBoard {
  const { createdAt: _createdAt, updatedAt: _updatedAt, ...board } = row;
  return board;
}

function defined<T extends object>(values: T) {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}
