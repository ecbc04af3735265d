DELETE FROM "idempotency_replies" "older" USING "idempotency_replies" "newer"
WHERE "older"."board_uid" = "newer"."board_uid" AND "older"."key" = "newer"."key"
  AND ("older"."created_at", "older"."api_key_id") < ("newer"."created_at", "newer"."api_key_id");--> statement-breakpoint
UPDATE "idempotency_replies" SET "fingerprint" = '';--> statement-breakpoint
ALTER TABLE "idempotency_replies" DROP CONSTRAINT "idempotency_replies_board_uid_api_key_id_key_pk";--> statement-breakpoint
ALTER TABLE "idempotency_replies" ADD CONSTRAINT "idempotency_replies_board_uid_key_pk" PRIMARY KEY("board_uid","key");--> statement-breakpoint
ALTER TABLE "idempotency_replies" DROP COLUMN "api_key_id";
