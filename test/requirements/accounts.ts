import type { Requirement } from "../requirements.ts";

const source = "Issue H, points 1 and 2";

export const requirements: Requirement[] = [
  {
    id: "accounts:lazy:not-on-start",
    promise: "Runs, hooks and calls by token never load what signs people in.",
    source,
  },
  {
    id: "accounts:password:verified-first",
    promise: "A password signs in once the address it was chosen for is confirmed.",
    source,
  },
  {
    id: "accounts:cookie:attributes",
    promise: "The session's cookie is HttpOnly, SameSite=Lax, and Secure beyond this machine.",
    source,
  },
  {
    id: "accounts:setup:owner-token",
    promise: "The owner's token makes the first account, and nobody else does.",
    source,
  },
  {
    id: "accounts:sign-up:invited-unless-said",
    promise: "Strangers get no account unless the settings say that anybody may have one.",
    source,
  },
  {
    id: "accounts:answers:same-for-unknown",
    promise:
      "No answer of signing in, signing up or of a mail that is asked for tells whether an address has an account.",
    source,
  },
  {
    id: "accounts:magic-link:once",
    promise: "A mailed link signs in once, and only a person's click uses it up.",
    source,
  },
  {
    id: "accounts:links:expire",
    promise: "A mailed link that is too old does nothing.",
    source,
  },
  {
    id: "accounts:reset:once-and-signs-out",
    promise: "A link sets a new password once, and every browser is signed out by it.",
    source,
  },
  {
    id: "accounts:rate:brute-force-429",
    promise: "Guesses are counted durably, one by one, and answered 429 with Retry-After.",
    source,
  },
  {
    id: "accounts:session:no-fixation",
    promise: "A sign-in begins a session of its own.",
    source,
  },
  {
    id: "accounts:cookie:not-forged",
    promise: "A cookie that was made up, changed or signed out stands for nobody.",
    source,
  },
  {
    id: "accounts:cookie:own-origin-alone",
    promise: "Only this server's own page changes anything with a session's cookie.",
    source,
  },
  {
    id: "accounts:mail:links-lead-here",
    promise: "Links in mails about accounts lead to this server and nowhere else.",
    source,
  },
];
