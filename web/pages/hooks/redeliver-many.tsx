import { deliveryRoutes } from "#contract/hooks/routes";
import type { DeliverySummary } from "#contract/hooks/delivery";
import { formatCount } from "#contract/words";
import { useApi } from "../../api/api-context.ts";
import { ConfirmButton } from "../../ui/confirm-button.tsx";

interface RedeliverManyProps {
  trigger: string;
  chosen: readonly DeliverySummary[];
  onDone: () => void;
}

/** Takes the chosen deliveries once more, the oldest first. */
export function RedeliverMany({ trigger, chosen, onDone }: RedeliverManyProps) {
  const api = useApi();
  if (chosen.length === 0) return null;
  const what = formatCount(chosen.length, "delivery").replace("deliverys", "deliveries");
  return (
    <section className="bulk" aria-label="With the chosen deliveries">
      <strong>{what} chosen</strong>
      <ConfirmButton
        label={`Take ${chosen.length} once more`}
        title={`Take ${what} once more?`}
        isDanger={false}
        said="They are taken once more."
        onConfirm={() =>
          api.call(deliveryRoutes.redeliverMany, {
            params: { trigger },
            json: { ids: chosen.map(({ id }) => id) },
          })
        }
        onDone={onDone}
      >
        <p>Each becomes a new delivery and a new run, on the version that is active now.</p>
      </ConfirmButton>
      <button type="button" className="quiet small" onClick={onDone}>
        Choose none
      </button>
    </section>
  );
}
