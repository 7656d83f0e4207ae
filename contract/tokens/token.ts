import * as z from "zod";
import { scopeSchema } from "../access/access.ts";
import { serviceAccountIdSchema, tokenIdSchema } from "../ids.ts";
import { tokenLimits } from "./limits.ts";

const time = z.iso.datetime();

/** A name that people give: one line that says something, and nothing that acts on a terminal. */
export const givenNameSchema = z
  .string()
  .trim()
  .min(1)
  .max(tokenLimits.token_name_characters.value)
  .regex(/^[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}]*$/u, "Use one line of printable text.");

const scopesSchema = z
  .array(scopeSchema)
  .min(1)
  .describe("What it may do; no more than whoever makes it may.");
const daysSchema = z
  .int()
  .min(1)
  .max(tokenLimits.token_days.value)
  .describe("Days until it is good for nothing. A token that is made with a token never outlives it.");

/** Body of `POST /api/auth/tokens`. */
export const createTokenSchema = z.strictObject({
  name: givenNameSchema.describe("What it is for, in your words."),
  scopes: scopesSchema,
  expires_in_days: daysSchema.optional(),
  service_account: z
    .string()
    .optional()
    .describe("Name of the service account whose token it is; left out, it is yours."),
});
export type CreateToken = z.infer<typeof createTokenSchema>;

/** Body of `POST /api/auth/tokens/{token}/rotate`. */
export const rotateTokenSchema = z.strictObject({
  expires_in_days: daysSchema.optional().describe("Left out, it ends when it would have ended."),
});

export const tokenSummarySchema = z.object({
  id: tokenIdSchema,
  kind: z
    .enum(["owner", "personal", "service"])
    .describe("The owner's of the server's settings, a person's, or a service account's."),
  name: z.string(),
  service_account: z.string().nullable().describe("Name of the service account whose token it is."),
  scopes: z.array(scopeSchema),
  created_at: time,
  created_by: z.string().nullable().describe("Who made it: an account, or a token's id."),
  expires_at: time.nullable(),
  last_used_at: time
    .nullable()
    .describe("When it was last used; of several times within an hour, the first."),
  current: z.boolean().describe("Whether it is the one that this request was made with."),
});
export type TokenSummary = z.infer<typeof tokenSummarySchema>;

export const createdTokenSchema = tokenSummarySchema.extend({
  token: z.string().describe("The token itself. No other answer ever holds it."),
});
export type CreatedToken = z.infer<typeof createdTokenSchema>;

/** The roles that a service account can have: it is no owner. */
export const serviceRoleSchema = z.enum(["viewer", "editor", "admin"]);

/** Body of `POST /api/auth/service-accounts`. */
export const createServiceAccountSchema = z.strictObject({
  name: z
    .string()
    .regex(/^[a-z][a-z0-9-]{0,62}$/, "Use small letters, digits and hyphens, a letter first; at most 63."),
  role: serviceRoleSchema.describe("Its tokens may do no more than this role, and decide no approvals."),
});
export type CreateServiceAccount = z.infer<typeof createServiceAccountSchema>;

export const serviceAccountSchema = z.object({
  id: serviceAccountIdSchema,
  name: z.string(),
  role: serviceRoleSchema,
  created_at: time,
  created_by: z.string(),
  tokens: z.int().nonnegative().describe("How many tokens it has."),
});
export type ServiceAccount = z.infer<typeof serviceAccountSchema>;
