import type { Mail } from "../alerts/build-mail.ts";
import { keptMailDocument } from "../alerts/kept-mail.ts";
import { chooseMailer } from "../platform/mail/mailer.ts";
import type { Mailer } from "../platform/mail/mailer.ts";
import { clientGrantIdSchema } from "#contract/ids";
import { findTokenPrincipal } from "../access/service.ts";
import { sendOccurrence } from "../alerts/listeners/send-occurrence.ts";
import type { OccurrenceDeps } from "../alerts/listeners/send-occurrence.ts";
import { listListeners, mayHear } from "../alerts/listeners/service.ts";
import type { SubscriptionDeps } from "../alerts/listeners/service.ts";
import type { OutboxDeps } from "../alerts/outbox.ts";
import { sendDelivery } from "../alerts/send-delivery.ts";
import type { SendDeps } from "../alerts/send-delivery.ts";
import { listTargets } from "../alerts/service.ts";
import type { AlertDeps } from "../alerts/service.ts";
import { toIso } from "../platform/clock.ts";
import { findGrantPrincipal } from "../oauth/bearer-service.ts";
import { openOperatorDial, openStrangerDial } from "../platform/network/dial-client.ts";
import type { Dial } from "../platform/network/dial-client.ts";
import type { PartTools } from "../platform/objects/object-part.ts";
import { readSecrets } from "../secrets/vault-service.ts";
import type { Host } from "./host.ts";
import { vaultDeps } from "./secret-deps.ts";
import { putMissedStart } from "../triggers/missed-store.ts";

export function alertDeps(host: Host): AlertDeps {
  const { allowLoopbackAlerts } = host.config;
  return {
    db: host.db,
    clock: host.clock,
    newId: host.newId,
    boxKeys: host.config,
    allowLoopbackAlerts,
    publicUrl: host.publicUrl,
    mailState: buildMailer(host).state,
    alertOutbox: (workerId) => host.worker(workerId).outbox,
    listKeptMails: async (workspaceId, limit) =>
      (await host.files.listMails(workspaceId, limit)).map((text) => keptMailDocument.readText(text)),
  };
}

/** The outbox of a worker's object, but for what only the object itself has. */
export function outboxDeps(host: Host): Omit<OutboxDeps, keyof PartTools> {
  const sender = sendDeps(host);
  return {
    clock: host.clock,
    publicUrl: host.publicUrl,
    loadTargets: async (place) =>
      (await listTargets(host.db, place)).concat(await listListeners(host, place)),
    newDeliveryId: (nowMs) => host.newId("dlv", nowMs),
    listMissed: (missed) => putMissedStart(host.db, host.newId("mis", host.clock()), missed),
    send: (outgoing) =>
      outgoing.target.listener === undefined
        ? sendDelivery(sender, outgoing)
        : sendOccurrence(occurrenceDeps(host), outgoing),
  };
}

/** For those who have an address told of events. */
export function eventSubscriptionDeps(host: Host): SubscriptionDeps {
  return {
    db: host.db,
    clock: host.clock,
    boxKeys: host.config,
    allowLoopback: host.config.allowLoopbackAlerts,
    dial: strangerDial(host),
    outbox: (workerId) => host.worker(workerId).outbox,
  };
}

function occurrenceDeps(host: Host): OccurrenceDeps {
  const { ownerToken, ownerIsLocal } = host.config;
  const who = { db: host.db, clock: host.clock, ownerToken, ownerIsLocal };
  const findPrincipal = (id: string) =>
    clientGrantIdSchema.safeParse(id).success ? findGrantPrincipal(host, id) : findTokenPrincipal(who, id);
  return {
    clock: host.clock,
    boxKeys: host.config,
    dial: strangerDial(host),
    mayHear: (id) => mayHear({ db: host.db, clock: host.clock, findPrincipal }, id),
  };
}

function strangerDial({ publicNetwork, config }: Host): Dial {
  return openStrangerDial({ publicNetwork, allowLoopback: config.allowLoopbackAlerts });
}

function sendDeps(host: Host): SendDeps {
  const { allowLoopbackAlerts } = host.config;
  return {
    clock: host.clock,
    boxKeys: host.config,
    allowLoopback: allowLoopbackAlerts,
    fetch: strangerDial(host),
    mailer: buildMailer(host),
    resolveSecrets: (workspaceId, names) => readSecrets(vaultDeps(host), workspaceId, names),
  };
}

/** Whoever sends mails here. */
export function buildMailer(host: Host): Mailer<Mail> {
  return chooseMailer(host.config, {
    fetch: openOperatorDial(),
    keep: ({ id, workspace_id: workspaceId, worker_id: workerId, ...mail }) =>
      host.files.putMail(
        { workspaceId, workerId, deliveryId: id },
        JSON.stringify(keptMailDocument.write({ id, at: toIso(host.clock()), ...mail })),
      ),
  });
}
