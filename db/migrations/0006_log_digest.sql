ALTER TABLE "boards" ALTER COLUMN "uid" DROP IDENTITY;--> statement-breakpoint
ALTER TABLE "boards" ALTER COLUMN "uid" SET DEFAULT floor(random() * 2147483647)::int4 + 1;--> statement-breakpoint
ALTER TABLE "boards" ADD COLUMN "digest" text DEFAULT replace(gen_random_uuid()::text, '-', '') NOT NULL;--> statement-breakpoint
ALTER TABLE "boards" ADD COLUMN "players" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "boards" ADD COLUMN "seq_sum" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "index_outbox" ADD COLUMN "after_digest" text;--> statement-breakpoint
ALTER TABLE "index_outbox" ADD COLUMN "digest" text;--> statement-breakpoint
UPDATE "boards" SET ("players", "seq_sum") = (
  SELECT count(*), coalesce(sum("seq") % 1125899906842624, 0) FROM "standings" WHERE "board_uid" = "uid"
);
