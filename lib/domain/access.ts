/** Who may do what: API keys, organizers and their invitations, as JSON carries them. */
import { z } from "zod";
import { boardId } from "./board";
import { passwordProblem } from "./password";
import { displayName } from "./text";

export const apiScopes = ["scores:write", "boards:manage"] as const;
export type ApiScope = (typeof apiScopes)[number];

export const passwordLength = { min: 12, max: 128 } as const;
const keyBoardsMax = 100;
const emailCharactersMax = 254;

const unique = (list: readonly unknown[]) => new Set(list).size === list.length;
const email = z.email("must be an email address").max(emailCharactersMax).toLowerCase();

const newPassword = z
  .string()
  .min(passwordLength.min, `must have at least ${passwordLength.min} characters`)
  .max(passwordLength.max, `must have at most ${passwordLength.max} characters`)
  .superRefine((password, context) => {
    const problem = passwordProblem(password);
    if (problem) context.addIssue({ code: "custom", message: problem });
  })
  .meta({ description: "12 to 128 characters that are not easily guessed", format: "password" });

/** Body of `POST /api/v1/keys`. */
export const createKeyInput = z
  .strictObject({
    name: displayName,
    scopes: z.array(z.enum(apiScopes)).min(1, "must name a scope").refine(unique, "scopes must differ"),
    boards: z
      .array(boardId)
      .min(1, "must name a board, or be null for all")
      .max(keyBoardsMax)
      .refine(unique, "boards must differ")
      .nullable()
      .default(null),
  })
  .meta({ id: "CreateKey" });

/** Body of `POST /api/v1/invitations/accept`. */
export const acceptInvitationInput = z
  .strictObject({ token: z.string().min(1).max(128), name: displayName, email, password: newPassword })
  .superRefine(({ name, email, password }, context) => {
    if ([email, name.toLowerCase()].includes(password.toLowerCase())) {
      context.addIssue({ code: "custom", path: ["password"], message: "must not be the name or the email address" });
    }
  })
  .meta({ id: "AcceptInvitation" });

/** Body of `POST /api/auth/sign-in/email`. */
export const signInInput = z
  .strictObject({ email, password: z.string().min(1).max(passwordLength.max), rememberMe: z.boolean().default(true) })
  .meta({ id: "SignIn" });

export type CreateKeyInput = z.infer<typeof createKeyInput>;
export type AcceptInvitationInput = z.infer<typeof acceptInvitationInput>;
export type SignInInput = z.infer<typeof signInInput>;

const moment = z.iso.datetime();

export const apiKeyView = z
  .object({
    id: z.string().meta({ description: "The public part of the key: rungs_<id>_<secret>" }),
    name: z.string(),
    scopes: z.array(z.enum(apiScopes)),
    boards: z.array(z.string()).nullable().meta({ description: "Boards the key is good for; null means all" }),
    createdAt: moment,
    lastUsedAt: moment.nullable().meta({ description: "Recorded within about ten seconds" }),
    revokedAt: moment.nullable(),
  })
  .meta({ id: "ApiKey" });

/** The only reply that ever carries the key itself. */
export const createdKeyView = apiKeyView.extend({ key: z.string() }).meta({ id: "CreatedApiKey" });

export const organizerView = z
  .object({ id: z.string(), name: z.string(), email: z.string() })
  .meta({ id: "Organizer" });

export const invitationView = z
  .object({
    kind: z.enum(["first", "invite"]),
    invitedBy: z.string().nullable().meta({ description: "Name of the organizer who made it" }),
    createdAt: moment,
    expiresAt: moment,
  })
  .meta({ id: "Invitation" });

/** The only reply that ever carries the one-time link. */
export const createdInvitationView = z.object({ url: z.url(), expiresAt: moment }).meta({ id: "CreatedInvitation" });

export type ApiKeyView = z.infer<typeof apiKeyView>;
export type CreatedKeyView = z.infer<typeof createdKeyView>;
export type OrganizerView = z.infer<typeof organizerView>;
export type InvitationView = z.infer<typeof invitationView>;
export type CreatedInvitationView = z.infer<typeof createdInvitationView>;
