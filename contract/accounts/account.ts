import * as z from "zod";
import { accountLimits } from "./limits.ts";
import { userIdSchema } from "../ids.ts";

const email = z.email().max(254);
const password = z
  .string()
  .min(accountLimits.password_characters_least.value)
  .max(accountLimits.password_characters.value);

/** A person's account, as they see it themselves. */
export const accountSchema = z.object({
  user_id: userIdSchema,
  email: z.string(),
  email_verified: z.boolean(),
  name: z.string(),
});
export type Account = z.infer<typeof accountSchema>;

/** How people get in here; what the page that asks them shows. */
export const signInWaysSchema = z.object({
  setup_required: z.boolean().describe("Nobody has an account yet: the owner's token makes the first."),
  local: z.boolean().describe("Whoever is at this machine's own browser is the owner, without signing in."),
  mail: z.boolean().describe("Links can be mailed."),
  sign_up: z.enum(["open", "invited"]).describe("Whether anybody may have an account, or who was invited."),
  social: z.array(z.enum(["github", "google"])),
});
export type SignInWays = z.infer<typeof signInWaysSchema>;

export const setupSchema = z.object({ email, password, name: z.string().trim().min(1).max(100) });
export type Setup = z.infer<typeof setupSchema>;

/** `username` is what the first Floom's clients call the address. */
export const loginSchema = z
  .object({ email: z.string().optional(), username: z.string().optional(), password: z.string() })
  .transform(({ email: address, username, password: word }) => ({
    email: address ?? username ?? "",
    password: word,
  }));

export const magicLinkSchema = z.object({ email });
/** The link goes to the address alone, so it is never answered. */
export const magicLinkSentSchema = z.object({ url: z.null(), expires_in: z.int().positive() });

export const localTokenSchema = z.object({ token: z.string() });

export const browserSessionSchema = z.object({
  id: z.string(),
  current: z.boolean().describe("The one that asks."),
  created_at: z.iso.datetime(),
  expires_at: z.iso.datetime(),
  ip_address: z.string().nullable(),
  user_agent: z.string().nullable(),
});
export type BrowserSession = z.infer<typeof browserSessionSchema>;

/** All that is kept of a person, but for what could be used to be them: no password, no token, no key. */
export const accountExportSchema = z.object({
  account: accountSchema.extend({ created_at: z.iso.datetime() }),
  ways_in: z.array(z.object({ provider: z.string(), created_at: z.iso.datetime() })),
  passkeys: z.array(z.object({ name: z.string().nullable(), created_at: z.iso.datetime().nullable() })),
  sessions: z.array(browserSessionSchema),
});
export type AccountExport = z.infer<typeof accountExportSchema>;

export const deleteAccountSchema = z.object({
  confirm: z.string().describe("The account's address, so that nobody deletes one by a slip."),
});
