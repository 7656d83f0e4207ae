import { Link } from "wouter";
import { deliveryRoutes } from "#contract/hooks/routes";
import type { DeliveryDetail } from "#contract/hooks/delivery";
import { showLine, showText } from "#contract/outputs/show-text";
import { formatBytes } from "#contract/words";
import { useApi } from "../../api/api-context.ts";
import { useMay } from "../../api/use-may.ts";
import { useRead } from "../../api/use-read.ts";
import { Loaded } from "../../parts/loaded.tsx";
import { Moment } from "../../parts/moment.tsx";
import { Pill } from "../../parts/pill.tsx";
import { ChangeButton } from "../../ui/change-button.tsx";
import { DialogBox } from "../../ui/dialog.tsx";
import { verdictWords } from "./verdict-words.ts";

interface DeliveryDialogProps {
  trigger: string;
  delivery: string;
  onClose: () => void;
}

/** One delivery as it came: where from, with which headers, and the beginning of its body. */
export function DeliveryDialog({ trigger, delivery, onClose }: DeliveryDialogProps) {
  const api = useApi();
  const may = useMay()("runs:write");
  const found = useRead(deliveryRoutes.getDelivery, { params: { trigger, delivery } });
  return (
    <DialogBox title="Delivery" onClose={onClose} isWide>
      <Loaded query={found} what="the delivery">
        {(data) => (
          <>
            <Delivery delivery={data} />
            <div className="actions dialog-actions">
              {may && data.can_redeliver && (
                <ChangeButton
                  label="Take it once more"
                  className=""
                  said="It is taken once more."
                  onPress={async () => {
                    await api.call(deliveryRoutes.redeliver, { params: { trigger, delivery } });
                    onClose();
                  }}
                />
              )}
              <button type="button" className="primary" onClick={onClose}>
                Close
              </button>
            </div>
          </>
        )}
      </Loaded>
    </DialogBox>
  );
}

function Delivery({ delivery }: { delivery: DeliveryDetail }) {
  const { verdict, reason, headers, body_preview: body, body_truncated: isCut } = delivery;
  return (
    <>
      <dl className="facts-list">
        <dt>What became of it</dt>
        <dd>
          <Pill tone={verdictWords[verdict].tone}>{verdictWords[verdict].words}</Pill>{" "}
          {reason !== null && showLine(reason, 500)}{" "}
          {delivery.run_id !== null && <Link to={`/runs/${delivery.run_id}`}>See the run</Link>}
        </dd>
        <dt>Came</dt>
        <dd>
          <Moment iso={delivery.received_at} /> {delivery.ip !== null && `from ${showLine(delivery.ip, 60)}`}
        </dd>
        <dt>Size</dt>
        <dd>
          {formatBytes(delivery.size_bytes)}
          {delivery.content_type !== null && `, ${showLine(delivery.content_type, 120)}`}
        </dd>
        {delivery.external_id !== null && (
          <>
            <dt>Its sender’s id</dt>
            <dd>
              <code>{showLine(delivery.external_id, 200)}</code>
            </dd>
          </>
        )}
        {delivery.redelivery_of !== null && (
          <>
            <dt>Once more of</dt>
            <dd>
              <code>{delivery.redelivery_of}</code>
            </dd>
          </>
        )}
      </dl>
      <h3>Headers</h3>
      <section className="raw" aria-label="Headers" tabIndex={0}>
        <pre className="plain-pre">
          {Object.entries(headers)
            .map(([name, value]) => `${showLine(name, 200)}: ${showLine(value, 2000)}`)
            .join("\n")}
        </pre>
      </section>
      <h3>Body</h3>
      {body === null ? (
        <p className="muted">It is no text.</p>
      ) : (
        <section className="raw" aria-label="Body" tabIndex={0}>
          <pre className="plain-pre">{showText(pretty(body)).text}</pre>
        </section>
      )}
      {isCut && <p className="muted">This is its beginning.</p>}
    </>
  );
}

/** JSON with its lines set apart; anything else as it is. Pure. */
function pretty(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
