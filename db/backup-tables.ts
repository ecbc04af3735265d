/** Every table is either in a backup or left out of it on purpose; a test compares this file with the schema. */

/** In the order in which a restore fills them: what others refer to comes first. */
export const keptTables = [
  "organizers",
  "organizer_accounts",
  "invitations",
  "api_keys",
  "boards",
  "deleted_boards",
  "score_events",
  "standings",
  "idempotency_replies",
  "watched_players",
  "inbox_boards",
  "inbox_marks",
  "inbox_items",
] as const;

export type KeptTable = (typeof keptTables)[number];

/** With the reason. */
export const omittedTables: Record<string, string> = {
  installation: "a restored database is another installation, with keys of its own in Redis",
  index_outbox: "rank indexes of a restored database are built from its standings",
  instance_leases: "of instances that run",
  organizer_sessions: "a session that was ended since the backup must not return",
  auth_verifications: "valid for minutes",
  auth_rate_limits: "valid for minutes",
};
