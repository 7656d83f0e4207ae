import type { Mail } from "../alerts/build-mail.ts";
import { keptMailDocument } from "../alerts/kept-mail.ts";
import { chooseMailer } from "../platform/mail/mailer.ts";
import type { Mailer } from "../platform/mail/mailer.ts";
import type { OutboxDeps } from "../alerts/outbox.ts";
import { sendDelivery } from "../alerts/send-delivery.ts";
import type { SendDeps } from "../alerts/send-delivery.ts";
import { listTargets } from "../alerts/service.ts";
import type { AlertDeps } from "../alerts/service.ts";
import { toIso } from "../platform/clock.ts";
import { openOperatorDial, openStrangerDial } from "../platform/network/dial-client.ts";
import type { PartTools } from "../platform/objects/object-part.ts";
import { readSecrets } from "../secrets/vault-service.ts";
import type { Host } from "./host.ts";
import { vaultDeps } from "./secret-deps.ts";

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
    loadTargets: (place) => listTargets(host.db, place),
    newDeliveryId: (nowMs) => host.newId("dlv", nowMs),
    send: (outgoing) => sendDelivery(sender, outgoing),
  };
}

function sendDeps(host: Host): SendDeps {
  const { allowLoopbackAlerts } = host.config;
  return {
    clock: host.clock,
    boxKeys: host.config,
    allowLoopback: allowLoopbackAlerts,
    fetch: openStrangerDial({ publicNetwork: host.publicNetwork, allowLoopback: allowLoopbackAlerts }),
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
