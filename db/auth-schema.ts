/**
 * The tables better-auth keeps organizers, their sessions and its rate limits in. Columns are the ones it expects,
 * used or not; it finds them by property name, and the tables by the names given in lib/auth/organizer-auth.ts.
 */
import { bigint, boolean, index, integer, pgTable, text, timestamp } from "drizzle-orm/pg-core";

const moment = (name: string) => timestamp(name, { withTimezone: true, mode: "date" });
const createdAt = () => moment("created_at").notNull().defaultNow();
const updatedAt = () => moment("updated_at").notNull().defaultNow();
const organizerId = () =>
  text("organizer_id")
    .notNull()
    .references(() => organizers.id, { onDelete: "cascade" });

export const organizers = pgTable("organizers", {
  id: text("id").primaryKey(),
  name: text("name").notNull(),
  /** Always in lower case. */
  email: text("email").notNull().unique(),
  emailVerified: boolean("email_verified").notNull().default(false),
  image: text("image"),
  createdAt: createdAt(),
  updatedAt: updatedAt(),
});

export const organizerSessions = pgTable(
  "organizer_sessions",
  {
    id: text("id").primaryKey(),
    expiresAt: moment("expires_at").notNull(),
    /** Worthless by itself: the cookie carries it together with an HMAC made with the secret outside the database. */
    token: text("token").notNull().unique(),
    createdAt: createdAt(),
    updatedAt: updatedAt(),
    ipAddress: text("ip_address"),
    userAgent: text("user_agent"),
    userId: organizerId(),
  },
  (table) => [index("organizer_sessions_organizer_id").on(table.userId)],
);

/** How an organizer signs in; here always by password (`providerId` is "credential"). */
export const organizerAccounts = pgTable(
  "organizer_accounts",
  {
    id: text("id").primaryKey(),
    accountId: text("account_id").notNull(),
    providerId: text("provider_id").notNull(),
    userId: organizerId(),
    accessToken: text("access_token"),
    refreshToken: text("refresh_token"),
    idToken: text("id_token"),
    accessTokenExpiresAt: moment("access_token_expires_at"),
    refreshTokenExpiresAt: moment("refresh_token_expires_at"),
    scope: text("scope"),
    /** Salted scrypt hash, see lib/auth/password.ts. */
    password: text("password"),
    createdAt: createdAt(),
    updatedAt: updatedAt(),
  },
  (table) => [index("organizer_accounts_organizer_id").on(table.userId)],
);

export const authVerifications = pgTable(
  "auth_verifications",
  {
    id: text("id").primaryKey(),
    identifier: text("identifier").notNull(),
    value: text("value").notNull(),
    expiresAt: moment("expires_at").notNull(),
    createdAt: createdAt(),
    updatedAt: updatedAt(),
  },
  (table) => [index("auth_verifications_identifier").on(table.identifier)],
);

/** Budgets of tries, see db/queries/rate-limits.ts. */
export const rateLimits = pgTable("auth_rate_limits", {
  id: text("id").primaryKey(),
  key: text("key").notNull().unique(),
  count: integer("count").notNull(),
  /** When all of the budget is there again, in milliseconds since the epoch. */
  lastRequest: bigint("last_request", { mode: "number" }).notNull(),
});
