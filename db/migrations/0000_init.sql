CREATE TABLE "api_keys" (
	"id" text PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"secret_hash" text NOT NULL,
	"scopes" text[] NOT NULL,
	"boards" text[],
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"last_used_at" timestamp with time zone,
	"revoked_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "boards" (
	"uid" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "boards_uid_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"id" text NOT NULL,
	"name" text NOT NULL,
	"sort_order" text NOT NULL,
	"operator" text NOT NULL,
	"decimals" smallint NOT NULL,
	"tiebreaks" jsonb NOT NULL,
	"rank_style" text NOT NULL,
	"delivery" text NOT NULL,
	"revision" integer DEFAULT 1 NOT NULL,
	"seq" bigint DEFAULT 0 NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "boards_id_unique" UNIQUE("id")
);
--> statement-breakpoint
CREATE TABLE "idempotency_replies" (
	"api_key_id" text NOT NULL,
	"board_uid" integer NOT NULL,
	"key" text NOT NULL,
	"fingerprint" text NOT NULL,
	"reply" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "idempotency_replies_board_uid_api_key_id_key_pk" PRIMARY KEY("board_uid","api_key_id","key")
);
--> statement-breakpoint
CREATE TABLE "index_outbox" (
	"id" bigserial PRIMARY KEY NOT NULL,
	"board_uid" integer NOT NULL,
	"players" text[] NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"leased_until" timestamp with time zone NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL
);
--> statement-breakpoint
CREATE TABLE "installation" (
	"only" boolean PRIMARY KEY DEFAULT true NOT NULL,
	"id" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "invitations" (
	"token_hash" text PRIMARY KEY NOT NULL,
	"kind" text NOT NULL,
	"invited_by" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	"used_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "score_events" (
	"board_uid" integer NOT NULL,
	"seq" bigint NOT NULL,
	"player" text NOT NULL,
	"score" bigint NOT NULL,
	"t1" bigint,
	"t2" bigint,
	"t3" bigint,
	"t4" bigint,
	"applied" boolean NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "score_events_board_uid_seq_pk" PRIMARY KEY("board_uid","seq")
);
--> statement-breakpoint
CREATE TABLE "standings" (
	"board_uid" integer NOT NULL,
	"player" text NOT NULL,
	"name" text NOT NULL,
	"score" bigint NOT NULL,
	"t1" bigint,
	"t2" bigint,
	"t3" bigint,
	"t4" bigint,
	"reached" bigint NOT NULL,
	"seq" bigint NOT NULL,
	CONSTRAINT "standings_board_uid_player_pk" PRIMARY KEY("board_uid","player")
);
--> statement-breakpoint
CREATE TABLE "auth_rate_limits" (
	"id" text PRIMARY KEY NOT NULL,
	"key" text NOT NULL,
	"count" integer NOT NULL,
	"last_request" bigint NOT NULL,
	CONSTRAINT "auth_rate_limits_key_unique" UNIQUE("key")
);
--> statement-breakpoint
CREATE TABLE "auth_verifications" (
	"id" text PRIMARY KEY NOT NULL,
	"identifier" text NOT NULL,
	"value" text NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "organizer_accounts" (
	"id" text PRIMARY KEY NOT NULL,
	"account_id" text NOT NULL,
	"provider_id" text NOT NULL,
	"organizer_id" text NOT NULL,
	"access_token" text,
	"refresh_token" text,
	"id_token" text,
	"access_token_expires_at" timestamp with time zone,
	"refresh_token_expires_at" timestamp with time zone,
	"scope" text,
	"password" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "organizer_sessions" (
	"id" text PRIMARY KEY NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	"token" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	"ip_address" text,
	"user_agent" text,
	"organizer_id" text NOT NULL,
	CONSTRAINT "organizer_sessions_token_unique" UNIQUE("token")
);
--> statement-breakpoint
CREATE TABLE "organizers" (
	"id" text PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"email" text NOT NULL,
	"email_verified" boolean DEFAULT false NOT NULL,
	"image" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "organizers_email_unique" UNIQUE("email")
);
--> statement-breakpoint
ALTER TABLE "organizer_accounts" ADD CONSTRAINT "organizer_accounts_organizer_id_organizers_id_fk" FOREIGN KEY ("organizer_id") REFERENCES "organizers"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "organizer_sessions" ADD CONSTRAINT "organizer_sessions_organizer_id_organizers_id_fk" FOREIGN KEY ("organizer_id") REFERENCES "organizers"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "idempotency_replies_created_at" ON "idempotency_replies" USING btree ("created_at");--> statement-breakpoint
CREATE INDEX "index_outbox_leased_until" ON "index_outbox" USING btree ("leased_until");--> statement-breakpoint
CREATE INDEX "auth_verifications_identifier" ON "auth_verifications" USING btree ("identifier");--> statement-breakpoint
CREATE INDEX "organizer_accounts_organizer_id" ON "organizer_accounts" USING btree ("organizer_id");--> statement-breakpoint
CREATE INDEX "organizer_sessions_organizer_id" ON "organizer_sessions" USING btree ("organizer_id");