import { useState } from "react";
import { plainSchemes } from "#contract/hooks/signature-schemes";
import { triggerRoutes } from "#contract/triggers/routes";
import type { CreatedTrigger } from "#contract/triggers/trigger";
import { useApi } from "../../api/api-context.ts";
import { useChange } from "../../ui/use-change.ts";
import { CopyCommand } from "../../parts/copy-command.tsx";
import { ChoiceField } from "../../parts/labelled.tsx";
import { FormDialog, textOf } from "../../ui/dialog.tsx";
import { ShownDialog } from "../../ui/shown-once.tsx";

type Scheme = (typeof plainSchemes)[number];

const schemeWords: Record<Scheme, string> = {
  standard: "Standard Webhooks",
  github: "GitHub",
  stripe: "Stripe",
  slack: "Slack",
  shopify: "Shopify",
  floom: "The first Floom",
};

/** Gives a worker a webhook, and shows where events go and the secret that signs them, this once. */
export function WebhookDialog({ worker, onClose }: { worker: string; onClose: () => void }) {
  const api = useApi();
  const change = useChange();
  const [made, setMade] = useState<CreatedTrigger | null>(null);
  async function send(form: FormData): Promise<void> {
    const scheme = plainSchemes.find((name) => name === textOf(form, "scheme")) ?? "standard";
    await change.make(async () => {
      setMade(
        await api.call(triggerRoutes.createTrigger, {
          params: { worker },
          json: { type: "webhook", webhook: { signature: { scheme } } },
        }),
      );
    }, "");
  }
  if (made !== null) return <Made trigger={made} onClose={onClose} />;
  return (
    <FormDialog
      title="Add a webhook"
      action="Add the webhook"
      change={change}
      onSend={(form) => void send(form)}
      onClose={onClose}
    >
      <p>Each event that its service signs and posts starts a run. What it posts are the run’s inputs.</p>
      <ChoiceField
        name="scheme"
        label="Who signs the events"
        choices={plainSchemes.map((scheme) => [scheme, schemeWords[scheme]] as const)}
      />
    </FormDialog>
  );
}

function Made({ trigger, onClose }: { trigger: CreatedTrigger; onClose: () => void }) {
  return (
    <ShownDialog title="The webhook is there" onClose={onClose}>
      <p>Events are posted to:</p>
      <CopyCommand command={trigger.webhook?.url ?? ""} />
      {trigger.secret !== null && (
        <>
          <p>They are signed with this secret, which is not shown again:</p>
          <CopyCommand command={trigger.secret} />
        </>
      )}
    </ShownDialog>
  );
}
