import { formatLimit } from "#contract/limits";
import type { AccountMail } from "./engine-api.ts";

/** Links lead to a page that asks first: what opens links in mails to look at them signs nobody in. The token comes behind
 * `#`, which browsers send to no server. */
const linkTo = (origin: string, path: string, token: string) =>
  `${origin}${path}#link=${encodeURIComponent(token)}`;

const compose = (to: string, subject: string, lines: readonly string[]): AccountMail => ({
  to,
  subject,
  text: `${lines.join("\n")}\n`,
});

const UNASKED = "If you did not ask for this, do nothing: nobody gets in without this link.";

/** The mail by which a person proves that an address is theirs. Pure. */
export function buildVerifyMail(
  origin: string,
  { email, token }: { email: string; token: string },
): AccountMail {
  return compose(email, "Confirm your address for Floom", [
    "Open this link to confirm that this address is yours:",
    linkTo(origin, "/verify-email", token),
    "",
    `It works for ${formatLimit("verification_seconds")}.`,
    UNASKED,
  ]);
}

/** The mail with a link that signs in, once. Pure. */
export function buildMagicMail(
  origin: string,
  { email, token }: { email: string; token: string },
): AccountMail {
  return compose(email, "Your sign-in link for Floom", [
    "Open this link to sign in:",
    linkTo(origin, "/sign-in/link", token),
    "",
    `It works once, for ${formatLimit("magic_link_seconds")}.`,
    UNASKED,
  ]);
}

/** The mail with a link that sets a new password, once. Pure. */
export function buildResetMail(
  origin: string,
  { email, token }: { email: string; token: string },
): AccountMail {
  return compose(email, "Set a new password for Floom", [
    "Open this link to set a new password:",
    linkTo(origin, "/reset-password", token),
    "",
    `It works once, for ${formatLimit("reset_seconds")}. Every browser that is signed in will be signed out.`,
    UNASKED,
  ]);
}

/** What somebody is written who signs up a second time. The page tells nobody that there is an account. Pure. */
export function buildExistingMail(origin: string, { email }: { email: string }): AccountMail {
  return compose(email, "You have an account at Floom already", [
    "Somebody tried to sign up with this address, which has an account.",
    `To sign in, or to set a new password: ${origin}/sign-in`,
    "",
    "If it was not you, do nothing.",
  ]);
}
