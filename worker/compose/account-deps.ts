import type { UserId, WorkspaceId } from "#contract/ids";
import { forgetPerson, isInvited, listOwnedAlone, putFirstOwner } from "../access/members/person-store.ts";
import type { OwnedAlone } from "../access/members/person-store.ts";
import { firstWorkspaceId } from "../access/principal.ts";
import { createPersonalWorkspace } from "../access/service.ts";
import type { AccountMail } from "../accounts/engine-api.ts";
import type { OutboxPageDeps } from "../accounts/outbox-route.ts";
import type { AccountDeps } from "../accounts/service.ts";
import { hasUser } from "../accounts/store.ts";
import { keptMailDocument } from "../alerts/kept-mail.ts";
import { buildMailer } from "./alert-deps.ts";
import type { Host } from "./host.ts";
import { retentionServiceDeps } from "./retention-deps.ts";

/** Where the mails about accounts lie in the outbox: they are of no workspace. */
const ACCOUNT_MAILS = "accounts";

export function accountDeps(host: Host): AccountDeps {
  const { config } = host;
  return {
    db: host.db,
    settings: config,
    publicUrl: host.publicUrl,
    signingKey: config.signingKey,
    earlierSigningKeys: config.earlierSigningKeys,
    social: config.social,
    newUserId: () => host.newId("usr", host.clock()),
    newRowId: () => host.newId("req", host.clock()),
    sendMail: (mail) => sendAccountMail(host, mail),
    hasAccount: (email) => hasUser(host.db, email),
    maySignUp: async (email) => config.signUp === "open" || (await isInvited(host.db, email, host.clock())),
    onSignUp: async ({ user_id, email, name }) => {
      await createPersonalWorkspace(workspaceDeps(host), { user_id, email, name });
    },
    clock: host.clock,
    isLocalEnvironment: config.environment === "local",
    ownerToken: config.ownerToken,
    sendsMail: buildMailer(host).state !== "not_configured",
    signUp: config.signUp,
    onSetUp: async ({ user_id, email, name }) => {
      const workspace = { id: firstWorkspaceId, name: "default", created_at: host.clock() };
      await putFirstOwner(host.db, workspace, { user_id, email, name });
    },
    listOwnedAlone: async (userId) => (await listLeft(host, userId)).filter(({ others }) => others > 0),
    forgetPerson: async (userId) => {
      for (const { id, others } of await listLeft(host, userId))
        if (others === 0) await deleteAlone(host, id);
      await forgetPerson(host.db, userId);
    },
  };
}

const workspaceDeps = (host: Host) => ({
  db: host.db,
  clock: host.clock,
  newWorkspaceId: (nowMs: number) => host.newId("wsp", nowMs),
});

/** What would be without an owner. The first workspace never is: whoever runs the server holds its owner's token. */
async function listLeft(host: Host, userId: UserId): Promise<OwnedAlone[]> {
  return (await listOwnedAlone(host.db, userId)).filter(({ id }) => id !== firstWorkspaceId);
}

/** Begins to delete a workspace in which nobody is left. Repeatable. */
async function deleteAlone(host: Host, id: WorkspaceId): Promise<void> {
  const { housekeeper, begin } = retentionServiceDeps(host);
  await housekeeper(id).clearWorkspace(id);
  await begin(id, host.clock());
}

export function outboxPageDeps(host: Host): OutboxPageDeps {
  return {
    ...accountDeps(host),
    listMails: async (limit) =>
      (await host.files.listMails(ACCOUNT_MAILS, limit)).map((text) => keptMailDocument.readText(text)),
  };
}

/** Throws when the mail did not leave, so that it is written down. */
async function sendAccountMail(host: Host, { to, subject, text }: AccountMail): Promise<void> {
  const answer = await buildMailer(host).send({
    id: host.newId("dlv", host.clock()),
    workspace_id: ACCOUNT_MAILS,
    worker_id: ACCOUNT_MAILS,
    to: [to],
    subject,
    text,
  });
  if (!answer.sent) throw new Error(answer.error);
}
