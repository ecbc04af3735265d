-- A million standings take several seconds, more of them more than a statement is given.
SET LOCAL statement_timeout = 0;--> statement-breakpoint
CREATE INDEX "standings_search_name" ON "standings" USING btree ("board_uid",lower("name") text_pattern_ops);--> statement-breakpoint
CREATE INDEX "standings_search_player" ON "standings" USING btree ("board_uid",lower("player") text_pattern_ops);--> statement-breakpoint
CREATE INDEX "standings_search_later_word" ON "standings" USING btree ("board_uid",lower(substr("name", strpos("name", ' ') + 1)) text_pattern_ops) WHERE strpos("name", ' ') > 0;