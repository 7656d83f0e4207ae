import { useState } from "react";
import { deliveryRoutes } from "#contract/hooks/routes";
import type { Trigger } from "#contract/triggers/trigger";
import { useApi } from "../../api/api-context.ts";
import { ShownOnce } from "../../ui/shown-once.tsx";
import { ConfirmButton } from "../../ui/confirm-button.tsx";

/** Gives a webhook a new secret, and shows it this once. */
export function RotateSecret({ trigger }: { trigger: Trigger }) {
  const api = useApi();
  const [secret, setSecret] = useState<string | null>(null);
  return (
    <>
      <ConfirmButton
        label="New secret"
        name={`New secret for ${trigger.name}`}
        title={`Give ${trigger.name} a new secret?`}
        isDanger={false}
        said=""
        onConfirm={async () => {
          const made = await api.call(deliveryRoutes.rotateTriggerSecret, {
            params: { trigger: trigger.id },
            json: {},
          });
          setSecret(made.secret);
        }}
      >
        <p>Its sender has to be given the new one. The old one stays good for a day.</p>
      </ConfirmButton>
      {secret !== null && (
        <ShownOnce title="The new secret" value={secret} onClose={() => setSecret(null)}>
          Give it to the service that sends the events.
        </ShownOnce>
      )}
    </>
  );
}
