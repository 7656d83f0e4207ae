import type { Inputs } from "#contract/runs/run";
import type { WebhookSettings, WebhookSpec } from "#contract/hooks/webhook";
import { AppError } from "../platform/app-error.ts";
import { isAddressBlock } from "../platform/network/ip-address.ts";
import { webhookSpecDocument } from "./webhook-spec.ts";

/** The spec of a webhook's row: what is given over what it was. Throws `invalid_request` for an address that is none. */
export function buildWebhookSpec(
  given: { action?: string | undefined; inputs?: Inputs | undefined; settings?: WebhookSettings | undefined },
  old: unknown = {},
): WebhookSpec & { schema: number } {
  const was = webhookSpecDocument.read(old);
  const action = given.action ?? was.action;
  const spec = {
    ...was,
    ...given.settings,
    ...(action === undefined ? {} : { action }),
    inputs: given.inputs ?? was.inputs,
  };
  const wrong = spec.allow_ips.filter((block) => !isAddressBlock(block));
  if (wrong.length === 0) return webhookSpecDocument.write(spec);
  throw new AppError("invalid_request", `allow_ips holds what is no address or block: ${wrong.join(", ")}.`, {
    errors: wrong.map((block) => ({
      pointer: `/webhook/allow_ips/${spec.allow_ips.indexOf(block)}`,
      detail: "must be an IP address or a block such as 192.0.2.0/24",
    })),
  });
}

/** A webhook's part of what the API shows of a trigger. */
export function describeWebhook(
  row: { id: string; worker_name: string; spec: unknown; secret_box: string | null },
  linkOrigin: string,
) {
  const { signature, reply, methods, allow_ips, app_event } = webhookSpecDocument.read(row.spec);
  // Composio sends the events of all apps to one address, and signs them by the server's own key.
  const url = `${linkOrigin}/composio-events`;
  const shared = { signature, reply: reply.mode, methods, allow_ips };
  if (app_event !== undefined)
    return { ...shared, url, worker_url: url, scheme: "composio", secret_set: true, warning: null };
  return {
    url: `${linkOrigin}/hooks/${row.id}`,
    worker_url: `${linkOrigin}/webhooks/${row.worker_name}`,
    scheme: signature.scheme,
    signature,
    reply: reply.mode,
    methods,
    allow_ips,
    secret_set: row.secret_box !== null,
    warning:
      signature.scheme === "none" && allow_ips.length === 0
        ? "Anybody who knows the address can start runs: this webhook demands no signature."
        : null,
  };
}
