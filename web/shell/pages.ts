import { lazy } from "react";
import type { ComponentType } from "react";
import type { Scope } from "#contract/access/access";

/** The pages in the navigation, by group. `scope`: what one has to be allowed to see it. */
interface Place {
  path: string;
  label: string;
  scope?: Scope;
}

export interface PlaceGroup {
  label: string;
  places: readonly Place[];
}

export const placeGroups: readonly PlaceGroup[] = [
  {
    label: "Work",
    places: [
      { path: "/", label: "Overview" },
      { path: "/workers", label: "Workers" },
      { path: "/runs", label: "Runs" },
      { path: "/approvals", label: "Approvals" },
      { path: "/sessions", label: "Sessions" },
    ],
  },
  {
    label: "What starts runs",
    places: [
      { path: "/schedules", label: "Schedules" },
      { path: "/inbox", label: "Webhooks" },
      { path: "/dead-letters", label: "Dead letters" },
    ],
  },
  {
    label: "What runs use",
    places: [
      { path: "/secrets", label: "Secrets" },
      { path: "/store", label: "Store" },
      { path: "/contexts", label: "Contexts" },
      { path: "/connections", label: "Connections" },
    ],
  },
  {
    label: "The workspace",
    places: [
      { path: "/trust", label: "Tools and trust" },
      { path: "/audit", label: "Audit", scope: "audit:read" },
      { path: "/members", label: "Members" },
      { path: "/tokens", label: "Tokens and apps" },
      { path: "/settings", label: "Settings" },
    ],
  },
];

type Params = Readonly<Record<string, string | undefined>>;

/** A page of the app: at which addresses it stands, and how it is loaded when somebody goes there. */
interface PageEntry {
  path: string;
  /** What is being loaded, in words. */
  what: string;
  view: ComponentType<{ params: Params }>;
}

function page(path: string, what: string, load: () => Promise<ComponentType<{ params: Params }>>): PageEntry {
  return { path, what, view: lazy(async () => ({ default: await load() })) };
}

/** Every page but those of signing in; each is a part of the script of its own. The first that fits is shown. */
export const pages: readonly PageEntry[] = [
  page("/", "the overview", async () => (await import("../pages/overview/overview-page.tsx")).OverviewPage),
  page(
    "/workers",
    "the workers",
    async () => (await import("../pages/workers/workers-page.tsx")).WorkersPage,
  ),
  page(
    "/new-worker",
    "the form",
    async () => (await import("../pages/new-worker/new-worker-page.tsx")).NewWorkerPage,
  ),
  page(
    "/workers/:worker/:tab?",
    "the worker",
    async () => (await import("../pages/worker/worker-page.tsx")).WorkerPage,
  ),
  page("/runs", "the runs", async () => (await import("../pages/runs/runs-page.tsx")).RunsPage),
  page("/runs/:run", "the run", async () => (await import("../pages/run/run-page.tsx")).RunPage),
  page(
    "/approvals",
    "the approvals",
    async () => (await import("../pages/approvals/approvals-page.tsx")).ApprovalsPage,
  ),
  page(
    "/sessions",
    "the sessions",
    async () => (await import("../pages/sessions/sessions-page.tsx")).SessionsPage,
  ),
  page(
    "/sessions/:session",
    "the session",
    async () => (await import("../pages/sessions/session-page.tsx")).SessionPage,
  ),
  page(
    "/schedules",
    "the schedules",
    async () => (await import("../pages/schedules/schedules-page.tsx")).SchedulesPage,
  ),
  page(
    "/inbox/:trigger?",
    "the webhooks",
    async () => (await import("../pages/hooks/hooks-page.tsx")).HooksPage,
  ),
  page(
    "/dead-letters",
    "the dead letters",
    async () => (await import("../pages/dead-letters/dead-letters-page.tsx")).DeadLettersPage,
  ),
  page(
    "/secrets",
    "the secrets",
    async () => (await import("../pages/secrets/secrets-page.tsx")).SecretsPage,
  ),
  page("/store", "the store", async () => (await import("../pages/store/store-page.tsx")).StorePage),
  page(
    "/contexts/:context?",
    "the contexts",
    async () => (await import("../pages/contexts/contexts-page.tsx")).ContextsPage,
  ),
  page(
    "/connections/:connection?",
    "the connections",
    async () => (await import("../pages/connections/connections-page.tsx")).ConnectionsPage,
  ),
  page(
    "/trust",
    "what waits for a review",
    async () => (await import("../pages/trust/trust-page.tsx")).TrustPage,
  ),
  page(
    "/audit",
    "the record of changes",
    async () => (await import("../pages/audit/audit-page.tsx")).AuditPage,
  ),
  page(
    "/members",
    "the members",
    async () => (await import("../pages/members/members-page.tsx")).MembersPage,
  ),
  page("/tokens", "the tokens", async () => (await import("../pages/tokens/tokens-page.tsx")).TokensPage),
  page(
    "/settings",
    "the settings",
    async () => (await import("../pages/settings/settings-page.tsx")).SettingsPage,
  ),
  page("/cli-auth", "what is asked", async () => (await import("../pages/terminal-page.tsx")).TerminalPage),
  page("/account", "the account", async () => (await import("../account/account-page.tsx")).AccountPage),
  page("/connect", "what is asked", async () => (await import("../pages/connect-page.tsx")).ConnectPage),
  page("/invite", "the invitation", async () => (await import("../account/invite-page.tsx")).InvitePage),
];
