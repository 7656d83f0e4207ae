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
    id: "accounts:cookie:rotation",
    promise: "A rotated signing key signs no browser out as long as the key before it is named.",
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
  {
    id: "accounts:own:sessions",
    promise: "A person sees where they are signed in, and ends any of it.",
    source,
  },
  {
    id: "accounts:own:nobody-elses",
    promise: "Nobody reaches another person's account, with a token neither.",
    source,
  },
  {
    id: "accounts:own:export-without-secrets",
    promise: "An export of an account holds no password, no hash, no token and no key.",
    source,
  },
  {
    id: "accounts:own:deletion",
    promise: "A deleted account is gone with every way in.",
    source,
  },
  {
    id: "accounts:own:deletion-needs-fresh-sign-in",
    promise: "An account is deleted from a fresh sign-in alone.",
    source,
  },
  {
    id: "accounts:own:deletion-leaves-no-workspace-alone",
    promise: "Nobody's account goes while a workspace has no other owner.",
    source,
  },
  {
    id: "accounts:local:own-page-is-owner",
    promise: "On one's own machine the page of Floom is the owner's without signing in.",
    source,
  },
  {
    id: "accounts:local:no-other-page",
    promise: "No other page, name or machine is let in like that.",
    source,
  },
  {
    id: "accounts:local:not-beyond-loopback",
    promise: "A server that is reached beyond loopback lets in nobody who has not signed in.",
    source,
  },
  {
    id: "accounts:outbox:development-alone",
    promise:
      "Mails that were kept are read on the machine they were kept on, in development, and nowhere else.",
    source,
  },
  {
    id: "accounts:keys:no-defaults-beyond-loopback",
    promise:
      "A server that is reached beyond loopback does not work with a key of development, and names it.",
    source,
  },
  {
    id: "accounts:social:signs-in",
    promise: "Whoever set GitHub or Google up is signed in by an account there.",
    source,
  },
  {
    id: "accounts:social:no-takeover",
    promise: "An account elsewhere whose address is not confirmed opens no account of that address.",
    source,
  },
  {
    id: "accounts:social:state-bound",
    promise: "The way back from GitHub or Google is good for the browser that went there, once.",
    source,
  },
];
