import { MIB } from "../limit.ts";
import type { Limit } from "../limit.ts";

/** The limits of public pages and of links that are shared. */
export const shareLimits = {
  share_days: { value: 366, unit: "days", what: "how long a shared link is good at most" },
  share_days_default: { value: 30, unit: "days", what: "how long a shared link is good when nobody says" },
  share_name_characters: { value: 80, unit: "characters", what: "what a shared link is for" },
  share_runs: {
    value: 1_000_000,
    unit: "items",
    what: "the runs that a shared link or a public page may start",
  },
  share_runs_per_hour: {
    value: 100,
    unit: "items",
    what: "runs that a link or a public page starts in an hour when nobody says",
  },
  visitor_runs_per_hour: {
    value: 20,
    unit: "items",
    what: "runs that one visitor of a page starts in an hour when nobody says",
  },
  visitor_password_tries: {
    value: 5,
    unit: "items",
    what: "passwords that one visitor tries for a page in a minute",
  },
  app_password_tries: {
    value: 100,
    unit: "items",
    what: "passwords that all visitors try for a page in an hour",
  },
  app_password_characters_least: { value: 8, unit: "characters", what: "the shortest password of a page" },
  app_password_characters: { value: 128, unit: "characters", what: "the longest password of a page" },
  app_invited: { value: 200, unit: "items", what: "addresses that a page is open to" },
  app_embed_origins: { value: 20, unit: "items", what: "sites that may show a page in a frame" },
  app_mails_per_hour: {
    value: 5,
    unit: "items",
    what: "mails that one address is sent for a page in an hour",
  },
  app_mail_seconds: { value: 900, unit: "seconds", what: "how long the link of such a mail is good" },
  app_entry_days: { value: 30, unit: "days", what: "how long a page remembers who was let in" },
  workspace_shares: { value: 1000, unit: "items", what: "shared links of a workspace" },
  visitor_form_bytes: { value: 26 * MIB, unit: "bytes", what: "a form that a visitor sends, with its files" },
} as const satisfies Record<string, Limit>;
