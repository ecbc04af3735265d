import { sql } from "drizzle-orm";
import { withDeadline } from "@/db/client";
import type { Context } from "./leaderboard/context";

export interface Health {
  status: "ready" | "degraded" | "down" | "draining";
  postgres: boolean;
  rankIndex: boolean;
}

const deadlineMs = 2_000;

/** Without Postgres an instance is down; without the rank index it serves, from Postgres and more slowly. */
export async function readHealth({ database, index }: Context, draining: boolean): Promise<Health> {
  const [postgres, rankIndex] = await Promise.all([
    answers(withDeadline(database.db.execute(sql`select 1`), deadlineMs)),
    answers(index.ping()),
  ]);
  const status = draining ? "draining" : !postgres ? "down" : rankIndex ? "ready" : "degraded";
  return { status, postgres, rankIndex };
}

function answers(question: Promise<unknown>): Promise<boolean> {
  return question.then(
    () => true,
    () => false,
  );
}
