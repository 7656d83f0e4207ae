import { useState } from "react";
import { alertRoutes } from "#contract/alerts/routes";
import type { Alert, AlertTopic } from "#contract/alerts/alert";
import { useApi } from "../../api/api-context.ts";
import { useMay } from "../../api/use-may.ts";
import { useRead } from "../../api/use-read.ts";
import { Loaded } from "../../parts/loaded.tsx";
import { CheckField, TextField } from "../../parts/labelled.tsx";
import { Pill } from "../../parts/pill.tsx";
import { ChangeButton } from "../../ui/change-button.tsx";
import { ConfirmButton } from "../../ui/confirm-button.tsx";
import { addressesOf, ChangeDialog, textOf } from "../../ui/dialog.tsx";

const topics: readonly (readonly [AlertTopic, string])[] = [
  ["failed", "A run fails"],
  ["completed", "A run completes"],
  ["approval_required", "A run asks"],
  ["schedule_missed", "A schedule does not start"],
  ["spend_warning", "Spending comes near its cap"],
  ["evaluation_failed", "A version is not let in by its evaluation"],
];

/** Who is told of a worker's runs, and of what. */
export function AlertSettings({ worker }: { worker: string }) {
  const may = useMay()("workers:write");
  const [isAdding, setAdding] = useState(false);
  const alerts = useRead(alertRoutes.listAlerts, { params: { worker } });
  return (
    <section aria-labelledby="alerts-heading">
      <div className="head-row">
        <h2 id="alerts-heading">Who is told</h2>
        {may && (
          <button type="button" className="small" onClick={() => setAdding(true)}>
            Tell somebody
          </button>
        )}
      </div>
      <Loaded query={alerts} what="who is told" rows={2}>
        {(all) =>
          all.length === 0 ? (
            <p className="card muted">Nobody. Somebody can be told by mail, or a service by a post.</p>
          ) : (
            <ul className="card rows">
              {all.map((alert) => (
                <AlertRow key={alert.id} worker={worker} alert={alert} mayChange={may} />
              ))}
            </ul>
          )
        }
      </Loaded>
      {isAdding && <AlertDialog worker={worker} onClose={() => setAdding(false)} />}
    </section>
  );
}

function AlertRow({ worker, alert, mayChange }: { worker: string; alert: Alert; mayChange: boolean }) {
  const api = useApi();
  const { id, url, email_to: mails, on, enabled, disabled_reason: why, origin } = alert;
  const whom = [...mails, ...(url === null ? [] : [url])].join(", ");
  const params = { worker, alert: id };
  return (
    <li className="row attention">
      <span className="row-main">
        <strong>
          {whom} {!enabled && <Pill tone="wait">Stopped</Pill>}
        </strong>
        <span className="muted">
          When{" "}
          {topics
            .filter(([topic]) => on.includes(topic))
            .map(([, words]) => words.charAt(0).toLowerCase() + words.slice(1))
            .join(", ")}
          {why !== null && `. ${why}`}
        </span>
      </span>
      {mayChange && (
        <span className="actions">
          <ChangeButton
            label="Send a test"
            name={`Send a test to ${whom}`}
            said="A test message is on its way."
            onPress={() => api.call(alertRoutes.testAlert, { params })}
          />
          {origin === "api" && (
            <ConfirmButton
              label="Delete"
              name={`Delete: ${whom} is told no more`}
              title={`Tell ${whom} no more?`}
              said="Nobody is told there any more."
              onConfirm={() => api.call(alertRoutes.deleteAlert, { params })}
            >
              <p>The list of what was told goes as well.</p>
            </ConfirmButton>
          )}
        </span>
      )}
    </li>
  );
}

function AlertDialog({ worker, onClose }: { worker: string; onClose: () => void }) {
  const api = useApi();
  async function send(form: FormData): Promise<void> {
    const url = textOf(form, "url");
    const on = topics.map(([topic]) => topic).filter((topic) => form.get(topic) !== null);
    await api.call(alertRoutes.createAlert, {
      params: { worker },
      json: { ...(url === "" ? {} : { url }), email_to: addressesOf(form, "mails"), on },
    });
  }
  return (
    <ChangeDialog
      title="Tell somebody"
      action="Tell them"
      send={send}
      said="They are told from now on."
      onClose={onClose}
    >
      <TextField label="E-mail addresses" name="mails" hint="Several with commas between." />
      <TextField label="Or an address to post to" name="url" type="url" placeholder="https://" />
      <fieldset className="plain">
        <legend>When</legend>
        {topics.map(([topic, words]) => (
          <CheckField key={topic} name={topic} label={words} defaultChecked={topic === "failed"} />
        ))}
      </fieldset>
    </ChangeDialog>
  );
}
