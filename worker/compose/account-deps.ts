import type { AccountMail } from "../accounts/engine-api.ts";
import type { OutboxPageDeps } from "../accounts/outbox-route.ts";
import type { AccountDeps } from "../accounts/service.ts";
import { hasUser } from "../accounts/store.ts";
import { keptMailDocument } from "../alerts/kept-mail.ts";
import { toIso } from "../platform/clock.ts";
import { chooseMailer } from "../platform/mail/mailer.ts";
import type { Mailer, OutgoingMail } from "../platform/mail/mailer.ts";
import type { Host } from "./host.ts";

/** Where the mails about accounts lie in the outbox: they are of no workspace. */
const ACCOUNT_MAILS = "accounts";

export function accountDeps(host: Host): AccountDeps {
  const { config } = host;
  return {
    db: host.db,
    settings: config,
    publicUrl: host.publicUrl,
    signingKey: config.signingKey,
    social: config.social,
    newUserId: () => host.newId("usr", host.clock()),
    newRowId: () => host.newId("req", host.clock()),
    sendMail: (mail) => sendAccountMail(host, mail),
    hasAccount: (email) => hasUser(host.db, email),
    maySignUp: async () => config.signUp === "open",
    onSignUp: async () => undefined,
    clock: host.clock,
    isLocalEnvironment: config.environment === "local",
    ownerToken: config.ownerToken,
    sendsMail: openMailer(host).state !== "not_configured",
    signUp: config.signUp,
    onSetUp: async () => undefined,
    listOwnedAlone: async () => [],
    forgetPerson: async () => undefined,
  };
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
  const answer = await openMailer(host).send({
    id: host.newId("dlv", host.clock()),
    to: [to],
    subject,
    text,
  });
  if (!answer.sent) throw new Error(answer.error);
}

function openMailer(host: Host): Mailer<OutgoingMail> {
  return chooseMailer(host.config, {
    fetch: (url, init) => fetch(url, init),
    keep: ({ id, ...mail }) =>
      host.files.putMail(
        { workspaceId: ACCOUNT_MAILS, workerId: ACCOUNT_MAILS, deliveryId: id },
        JSON.stringify(keptMailDocument.write({ id, at: toIso(host.clock()), ...mail })),
      ),
  });
}
