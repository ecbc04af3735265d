/**
 * Organizers' accounts and sessions, kept by better-auth in Postgres: email and password, nothing else. Its own routes
 * are not served; what Rungs needs of them is called from here, behind `requireSameOrigin`.
 */
import { drizzleAdapter } from "better-auth/adapters/drizzle";
import { betterAuth } from "better-auth/minimal";
import { authVerifications, organizerAccounts, organizerSessions, organizers } from "@/db/auth-schema";
import { type Database, withDeadline } from "@/db/client";
import { deleteExpiredSessions } from "@/db/queries/organizers";
import { type OrganizerView, passwordLength, type SignInInput } from "@/lib/domain/access";
import { type Env, SettingsError } from "@/lib/env";
import type { Logger } from "@/lib/logger";
import type { StorageErrors } from "@/lib/storage-errors";
import { Turns } from "@/lib/turns";
import { translateAuthError } from "./auth-error";
import { clientAddress, clientAddressHeader } from "./client-address";
import { passwordHasher } from "./password";
import { SignInLimits } from "./sign-in-limits";

interface Dependencies {
  database: Database;
  env: Pick<Env, "publicUrl" | "authSecret">;
  logger: Logger;
  storageErrors: StorageErrors;
}

/** A session just opened, prolonged or closed, with the `Set-Cookie` lines that tell the browser. */
export interface SessionReply {
  organizer: OrganizerView | null;
  cookies: string[];
}

export interface OrganizerAuth {
  /** In turns by address, within the limits of SignInLimits; then `too-many-requests`. */
  signIn(input: SignInInput, headers: Headers): Promise<SessionReply>;
  /** Does the work of accepting an invitation in the same turns, within its limit; then `too-many-requests`. */
  join<T>(headers: Headers, work: () => Promise<T>): Promise<T>;
  /** Signs in somebody whose password was just set, within `join`; not counted. */
  openSession(credentials: { email: string; password: string }, headers: Headers): Promise<SessionReply>;
  hashPassword(password: string): Promise<string>;
  /** What is held takes of memory. */
  bytes(): number;
  signOut(headers: Headers): Promise<SessionReply>;
  /** The organizer of the session cookie. Prolongs nothing, so that it needs no reply to set cookies in. */
  read(headers: Headers): Promise<OrganizerView | null>;
  /** As `read`, and once a day gives the session and its cookie their full life again. */
  renew(headers: Headers): Promise<SessionReply>;
}

/** So many connections to Postgres, and so many of libuv's four threads, are taken by people who want to come in. */
const turnsLimits = {
  runningMax: 2,
  runningPerClientMax: 1,
  waitingMax: 64,
  waitingPerClientMax: 4,
  waitMsMax: 10_000,
};
const crowded = { detail: "Too many people are signing in right now.", retryAfter: 5 };

const deadlineMs = 10_000;
const sessionS = 7 * 24 * 3600;
const renewEveryS = 24 * 3600;

export function createOrganizerAuth(dependencies: Dependencies): OrganizerAuth {
  const { database, logger, storageErrors } = dependencies;
  const auth = configure(dependencies);
  const limits = new SignInLimits({ database, logger, storageErrors });
  const turns = new Turns(turnsLimits, crowded);

  async function ask(call: Promise<Response>): Promise<{ body: unknown; cookies: string[] }> {
    try {
      const response = await withDeadline(call, deadlineMs);
      if (!response.ok) throw response;
      return { body: await response.json(), cookies: response.headers.getSetCookie() };
    } catch (error) {
      throw await translateAuthError(error, storageErrors);
    }
  }

  async function reply(call: Promise<Response>): Promise<SessionReply> {
    const { body, cookies } = await ask(call);
    return { organizer: toOrganizer(body), cookies };
  }

  const openSession: OrganizerAuth["openSession"] = (body, headers) =>
    reply(auth.api.signInEmail({ body, headers: new Headers(callerHeaders(headers)), asResponse: true }));

  return {
    async signIn(input, headers) {
      const [account, address] = [input.email, clientAddress(headers) ?? ""];
      try {
        return await turns.run(address, async () => {
          await limits.count(account, address);
          const opened = await openSession(input, headers);
          await limits.succeeded(account, address);
          return opened;
        });
      } catch (error) {
        const refusal = await translateAuthError(error, storageErrors);
        // An account has the form of an email address: a password typed into the wrong field does not get here.
        if (refusal.code === "unauthorized") logger.warn({ account, address }, "sign-in refused");
        throw refusal;
      }
    },
    join(headers, work) {
      const address = clientAddress(headers) ?? "";
      return turns.run(address, async () => {
        await limits.countInvitation(address);
        return work();
      });
    },
    openSession,
    hashPassword: passwordHasher.hash,
    bytes: () => limits.bytes,
    signOut: (headers) => reply(auth.api.signOut({ headers: cookieOnly(headers), asResponse: true })),
    async read(headers) {
      if (!headers.has("cookie")) return null;
      const query = { disableRefresh: true };
      const { organizer } = await reply(auth.api.getSession({ headers: cookieOnly(headers), query, asResponse: true }));
      return organizer;
    },
    renew: (headers) => reply(auth.api.getSession({ headers: cookieOnly(headers), asResponse: true })),
  };
}

function configure({ database, env, logger }: Dependencies) {
  if (!env.authSecret) throw new SettingsError("AUTH_SECRET: must be set where `npm start` does not make one");
  const { origin, protocol } = new URL(env.publicUrl);
  const secure = protocol === "https:";
  return betterAuth({
    appName: "Rungs",
    baseURL: origin,
    basePath: "/api/auth",
    // Given as a list because a single secret would yield to better-auth's own environment variable.
    secrets: [{ version: 1, value: env.authSecret }],
    database: drizzleAdapter(database.db, {
      provider: "pg",
      schema: {
        user: organizers,
        session: organizerSessions,
        account: organizerAccounts,
        verification: authVerifications,
      },
    }),
    emailAndPassword: {
      enabled: true,
      disableSignUp: true,
      minPasswordLength: passwordLength.min,
      maxPasswordLength: passwordLength.max,
      password: passwordHasher,
    },
    session: { expiresIn: sessionS, updateAge: renewEveryS, cookieCache: { enabled: false } },
    // better-auth forgets an expired session only when somebody comes with it.
    databaseHooks: { session: { create: { before: () => deleteExpiredSessions(database.db) } } },
    // Counted by SignInLimits; better-auth's own count knows addresses only.
    rateLimit: { enabled: false },
    advanced: {
      // better-auth's own switch for secure cookies knows only the weaker prefix __Secure-.
      useSecureCookies: false,
      cookiePrefix: secure ? "__Host-rungs" : "rungs",
      defaultCookieAttributes: { httpOnly: true, sameSite: "lax", path: "/", secure },
      ipAddress: { ipAddressHeaders: [clientAddressHeader] },
      disableOriginCheck: false,
    },
    telemetry: { enabled: false },
    // Its warnings are failed tries, which are logged below with account and address.
    logger: { level: "error", log: (level, message) => logger[level]({ from: "better-auth" }, message) },
    onAPIError: { throw: true },
  });
}

/** What better-auth may know of the caller; no header that was not asked for gets to it. */
function callerHeaders(headers: Headers): Record<string, string> {
  const address = clientAddress(headers);
  return {
    "user-agent": (headers.get("user-agent") ?? "").slice(0, 256),
    ...(address === null ? {} : { [clientAddressHeader]: address }),
  };
}

function cookieOnly(headers: Headers): Headers {
  return new Headers({ cookie: headers.get("cookie") ?? "" });
}

function toOrganizer(body: unknown): OrganizerView | null {
  const user = (body as { user?: OrganizerView } | null)?.user;
  return user ? { id: user.id, name: user.name, email: user.email } : null;
}
