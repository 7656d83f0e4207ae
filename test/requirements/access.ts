import type { Requirement } from "../requirements.ts";

export const requirements: Requirement[] = [
  {
    id: "access:every-route:no-token-401",
    promise: "Every request without a valid token is refused, on loopback too.",
    source: "Issue A, point 7",
  },
  {
    id: "access:every-route:stranger-404",
    promise: "A stranger cannot tell another workspace's thing from one that does not exist.",
    source: "Issue A, point 7",
  },
  {
    id: "access:every-route:wrong-scope-403",
    promise: "A token opens the routes of its scopes and no other.",
    source: "Issue C, item 11",
  },
  {
    id: "access:every-route:by-role",
    promise: "A route is open to a person by what they are in the workspace at that moment.",
    source: "docs/how-to/workspaces.md",
  },
  {
    id: "access:every-route:link-token-401",
    promise: "The token of a link opens what the link is for, and no route besides.",
    source: "Issue H, Must show",
  },
  {
    id: "access:every-route:foreign-page-403",
    promise:
      "A page of another site or port changes nothing by any route, and reads nothing, whoever is signed in.",
    source: "Issue H, Must show",
  },
  {
    id: "access:every-route:no-fault",
    promise: "Whatever is sent to a route, it is answered or refused, never a fault of the platform's.",
    source: "Issue C, item 11",
  },
  {
    id: "access:every-answer:sealed",
    promise: "Every answer carries its request's id, and headers by which a browser runs nothing of it.",
    source: "Issue C, item 6",
  },
  {
    id: "access:owner-token:environment-alone",
    promise:
      "The owner's token is the one of the environment: one that was replaced there is good for nothing.",
    source: "docs/explanation/security.md",
  },
  {
    id: "access:run-token:not-forged",
    promise: "Nobody but the edge makes a run token, and it is good for its own run's routes alone.",
    source: "Issue C, item 5",
  },
  {
    id: "access:run-token:one-attempt",
    promise:
      "A run token speaks for one attempt, no longer than its sandbox can live; that of a lost, ended or waiting attempt opens nothing.",
    source: "docs/explanation/security.md",
  },
  {
    id: "access:run-token:one-sandbox",
    promise:
      "Of several sandboxes that an attempt may have been given, the token of one opens the run's routes; those of the others open nothing.",
    source: "docs/decisions/0024-a-launch-has-a-number.md",
  },
  {
    id: "access:signing-key:overlap",
    promise:
      "A signing key that was replaced is believed while it stands behind the new one, and not afterwards.",
    source: "docs/how-to/deploy.md",
  },
  {
    id: "access:roles:token-follows-person",
    promise: "A person's token may do no more than the person may now, and nothing once they have left.",
    source: "docs/how-to/workspaces.md",
  },
  {
    id: "access:approvals:people-alone",
    promise:
      "Approvals are decided by people who are signed in; a token decides nothing, but the owner's at their own machine.",
    source: "docs/how-to/workspaces.md",
  },
  {
    id: "access:visibility:private-worker-hidden",
    promise:
      "A private worker of somebody else, and all that is its, is as good as missing until it is granted.",
    source: "docs/how-to/workspaces.md",
  },
  {
    id: "access:workspaces:named-by-header",
    promise:
      "Whoever is signed in acts in the workspace they name if it is theirs, and has one of their own.",
    source: "docs/how-to/workspaces.md",
  },
  {
    id: "access:authentication:one-read",
    promise: "To know who asks costs one question to the database.",
    source: "docs/how-to/workspaces.md",
  },
  {
    id: "access:members:last-owner-kept",
    promise: "A workspace keeps an owner, however many changes are made at the same time.",
    source: "docs/how-to/workspaces.md",
  },
  {
    id: "access:members:roles-bounded",
    promise: "Nobody gives a role, or takes one, that is above their own.",
    source: "docs/how-to/workspaces.md",
  },
  {
    id: "access:invitations:once-for-one",
    promise: "An invitation is taken up once, in time, by the address it was sent to.",
    source: "docs/how-to/workspaces.md",
  },
  {
    id: "access:grants:by-maker",
    promise: "Whoever made a worker, and admins, say who sees it and who may start it or decide for it.",
    source: "docs/how-to/workspaces.md",
  },
  {
    id: "access:rates:by-table",
    promise: "Whoever asks too often is told to wait, and how long, by one table of what is how often.",
    source: "docs/decisions/0031-guards-before-every-room-and-a-record-behind.md",
  },
  {
    id: "access:rates:no-round-trip",
    promise: "Counting a read, a start or a webhook asks nothing outside the place that answers it.",
    source: "docs/decisions/0031-guards-before-every-room-and-a-record-behind.md",
  },
  {
    id: "access:rates:closed-for-sign-in",
    promise:
      "Where it cannot be counted how often somebody tries to sign in, nobody does; anything else goes on.",
    source: "docs/decisions/0031-guards-before-every-room-and-a-record-behind.md",
  },
  {
    id: "access:rates:exact-where-it-matters",
    promise:
      "Trying to sign in is counted exactly, wherever in the world and however often at once it is tried.",
    source: "docs/decisions/0031-guards-before-every-room-and-a-record-behind.md",
  },
  {
    id: "access:cross-tenant:sixty-attempts",
    promise:
      "Whatever a member of one workspace tries on another's things is answered as if they did not exist, and changes nothing.",
    source: "docs/explanation/security.md",
  },
  {
    id: "access:start:own-workspace",
    promise:
      "A start by a name is of the worker that has it in the token's own workspace, as it is at that moment.",
    source: "issue G, point 4",
  },
];
