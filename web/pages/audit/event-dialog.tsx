import { Link } from "wouter";
import type { AuditEvent } from "#contract/audit/audit";
import { parseJson } from "#contract/json";
import type { Json } from "#contract/json";
import { showLine } from "#contract/outputs/show-text";
import { JsonTree } from "../../outputs/json-tree.tsx";
import { Moment } from "../../parts/moment.tsx";
import { Pill } from "../../parts/pill.tsx";
import { DialogBox } from "../../ui/dialog.tsx";
import { outcomeWords, readableAction } from "./audit-words.ts";

/** Details came as JSON; read once more they are known to be. */
function asJson(details: AuditEvent["details"]): Json {
  return parseJson(JSON.stringify(details));
}

/** One event, whole. */
export function EventDialog({ event, onClose }: { event: AuditEvent; onClose: () => void }) {
  const { outcome, code, actor, resource, run_id: run, tool, worker } = event;
  return (
    <DialogBox title={tool ?? readableAction(event.action)} onClose={onClose} isWide>
      <dl className="facts-list">
        <dt>When</dt>
        <dd>
          <Moment iso={event.at} />
        </dd>
        <dt>Ended</dt>
        <dd>
          <Pill tone={outcomeWords[outcome].tone}>{outcomeWords[outcome].words}</Pill>{" "}
          {code !== null && <code>{code}</code>}
        </dd>
        <dt>By</dt>
        <dd>
          {actor.kind} <code>{actor.id}</code> {actor.user_id !== null && <code>{actor.user_id}</code>}
        </dd>
        {resource !== null && (
          <>
            <dt>To</dt>
            <dd>
              {resource.kind} <code>{showLine(resource.id, 200)}</code>
            </dd>
          </>
        )}
        {worker !== null && (
          <>
            <dt>Worker</dt>
            <dd>
              <Link to={`/workers/${encodeURIComponent(worker)}`}>{worker}</Link>
            </dd>
          </>
        )}
        {run !== null && (
          <>
            <dt>Run</dt>
            <dd>
              <Link to={`/runs/${run}`}>{run}</Link>
            </dd>
          </>
        )}
        <dt>From</dt>
        <dd>{event.address}</dd>
        <dt>Request</dt>
        <dd>
          <code>{event.request_id}</code>
        </dd>
      </dl>
      <h3>Details</h3>
      <JsonTree value={asJson(event.details)} label="Details" />
      <div className="actions dialog-actions">
        <button type="button" className="primary" onClick={onClose}>
          Close
        </button>
      </div>
    </DialogBox>
  );
}
