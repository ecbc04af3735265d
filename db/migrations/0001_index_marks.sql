ALTER TABLE "boards" ADD COLUMN "last_change" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "index_outbox" ADD COLUMN "after_seq" bigint;--> statement-breakpoint
ALTER TABLE "index_outbox" ADD COLUMN "through_seq" bigint;--> statement-breakpoint
UPDATE "boards" SET "last_change" = coalesce((SELECT max("seq") FROM "standings" WHERE "board_uid" = "uid"), 0);
