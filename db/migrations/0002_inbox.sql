CREATE TABLE "inbox_boards" (
	"board_uid" integer PRIMARY KEY NOT NULL,
	"epoch" text NOT NULL,
	"version" bigint NOT NULL,
	"round" bigint DEFAULT 1 NOT NULL
);
--> statement-breakpoint
CREATE TABLE "inbox_items" (
	"id" bigserial PRIMARY KEY NOT NULL,
	"board_uid" integer NOT NULL,
	"player" text NOT NULL,
	"kind" text NOT NULL,
	"data" jsonb NOT NULL,
	"position" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"acknowledged_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "inbox_marks" (
	"board_uid" integer NOT NULL,
	"player" text NOT NULL,
	"rank_style" text NOT NULL,
	"rank" bigint NOT NULL,
	"position" bigint NOT NULL,
	"reached" bigint NOT NULL,
	"ahead" text[] NOT NULL,
	"edge" bigint[],
	CONSTRAINT "inbox_marks_board_uid_player_pk" PRIMARY KEY("board_uid","player")
);
--> statement-breakpoint
CREATE TABLE "watched_players" (
	"board" text NOT NULL,
	"player" text NOT NULL,
	"renewed_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "watched_players_board_player_pk" PRIMARY KEY("board","player")
);
--> statement-breakpoint
CREATE INDEX "inbox_items_owner" ON "inbox_items" USING btree ("board_uid","player","id");--> statement-breakpoint
CREATE INDEX "inbox_items_created_at" ON "inbox_items" USING btree ("created_at");--> statement-breakpoint
CREATE INDEX "inbox_items_acknowledged_at" ON "inbox_items" USING btree ("acknowledged_at");--> statement-breakpoint
CREATE INDEX "watched_players_renewed_at" ON "watched_players" USING btree ("board","renewed_at");