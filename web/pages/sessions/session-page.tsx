import { useState } from "react";
import { Link, useLocation } from "wouter";
import { workSessionRoutes } from "#contract/work-sessions/routes";
import { workSessionLimits } from "#contract/work-sessions/limits";
import type { WorkSessionDetail } from "#contract/work-sessions/work-session";
import { showLine } from "#contract/outputs/show-text";
import { formatDuration } from "#contract/words";
import { useApi } from "../../api/api-context.ts";
import { useMay } from "../../api/use-may.ts";
import { useRead } from "../../api/use-read.ts";
import { Ago } from "../../parts/ago.tsx";
import { CopyCommand } from "../../parts/copy-command.tsx";
import { TextAreaField } from "../../parts/labelled.tsx";
import { ListTable } from "../../parts/list-table.tsx";
import { Loaded } from "../../parts/loaded.tsx";
import { Moment } from "../../parts/moment.tsx";
import { PageHeading } from "../../parts/page-heading.tsx";
import { Pill } from "../../parts/pill.tsx";
import { StatusPill } from "../../run-parts/status-pill.tsx";
import { ChangeButton } from "../../ui/change-button.tsx";
import { ConfirmButton } from "../../ui/confirm-button.tsx";
import { ChangeDialog, textOf } from "../../ui/dialog.tsx";
import { sessionLooks } from "./session-words.ts";

const REFRESH_MS = 10_000;
const MOST_CHARACTERS = workSessionLimits.session_note_characters.value;

/** One session: whether it is alive, what was written down in it, and its runs. */
export function SessionPage({ params }: { params: { session?: string | undefined } }) {
  const session = params.session ?? "";
  const found = useRead(workSessionRoutes.getWorkSession, {
    params: { session },
    refreshMs: ({ status }) => (status === "ended" ? false : REFRESH_MS),
  });
  return (
    <>
      <PageHeading title={found.data === undefined ? "Session" : showLine(found.data.name)} />
      <Loaded query={found} what="the session" rows={6}>
        {(detail) => <Session session={detail} />}
      </Loaded>
    </>
  );
}

function Session({ session }: { session: WorkSessionDetail }) {
  const may = useMay()("runs:write");
  return (
    <>
      <Facts session={session} />
      {may && <Actions session={session} />}
      <Notes session={session} />
      <Runs session={session} />
    </>
  );
}

function Facts({ session }: { session: WorkSessionDetail }) {
  const { id, status, started_at: start, last_seen_at: seen, lapses_at: lapses, ended_at: ended } = session;
  return (
    <dl className="card facts-list">
      <dt>State</dt>
      <dd>
        <Pill tone={sessionLooks[status].tone}>{sessionLooks[status].words}</Pill>
      </dd>
      <dt>Begun</dt>
      <dd>
        <Moment iso={start} /> by <code>{session.created_by}</code>
      </dd>
      <dt>Last heard of</dt>
      <dd>
        <Ago iso={seen} />
      </dd>
      {ended !== null && (
        <>
          <dt>Ended</dt>
          <dd>
            <Moment iso={ended} />
          </dd>
        </>
      )}
      {lapses !== null && (
        <>
          <dt>{status === "lapsed" ? "Lapsed" : "Lapses"}</dt>
          <dd>
            <Moment iso={lapses} />, after {formatDuration(session.lapse_seconds * 1000)} of silence
          </dd>
        </>
      )}
      {session.end_message !== null && (
        <>
          <dt>What came out of it</dt>
          <dd className="plain-pre">{showLine(session.end_message, MOST_CHARACTERS)}</dd>
        </>
      )}
      <dt>Its id</dt>
      <dd>
        <code>{id}</code>
      </dd>
    </dl>
  );
}

function Actions({ session: { id, status, ...session } }: { session: WorkSessionDetail }) {
  const api = useApi();
  const [, navigate] = useLocation();
  const [isNoting, setNoting] = useState(false);
  const [isEnding, setEnding] = useState(false);
  const params = { session: id };
  const name = showLine(session.name);
  return (
    <div className="actions">
      {status !== "ended" && (
        <>
          <button type="button" className="small" onClick={() => setNoting(true)}>
            Write something down
          </button>
          <ChangeButton
            label="Say that it is alive"
            said={`${name} is at work.`}
            onPress={() => api.call(workSessionRoutes.beatWorkSession, { params })}
          />
          <button type="button" className="small" onClick={() => setEnding(true)}>
            End it
          </button>
        </>
      )}
      <ConfirmButton
        label="Delete"
        className="small danger"
        title={`Delete ${name}?`}
        said={`${name} is deleted.`}
        onConfirm={() => api.call(workSessionRoutes.deleteWorkSession, { params })}
        onDone={() => navigate("/sessions")}
      >
        <p>Its notes go with it and cannot be brought back; its runs stay.</p>
      </ConfirmButton>
      {isNoting && (
        <TextDialog
          title="Write something down"
          label="Note"
          action="Add it"
          said="It is written down."
          isRequired
          send={(note) => api.call(workSessionRoutes.addWorkSessionNote, { params, json: { note } })}
          onClose={() => setNoting(false)}
        />
      )}
      {isEnding && (
        <TextDialog
          title={`End ${name}?`}
          label="What came out of it"
          action="End it"
          said={`${name} has ended.`}
          send={(message) =>
            api.call(workSessionRoutes.endWorkSession, { params, json: message === "" ? {} : { message } })
          }
          onClose={() => setEnding(false)}
        />
      )}
    </div>
  );
}

interface TextDialogProps {
  title: string;
  label: string;
  action: string;
  said: string;
  isRequired?: boolean;
  send: (text: string) => Promise<unknown>;
  onClose: () => void;
}

/** Asks for one text. */
function TextDialog({ label, isRequired = false, send, ...dialog }: TextDialogProps) {
  return (
    <ChangeDialog {...dialog} send={(form) => send(textOf(form, "text"))}>
      <TextAreaField
        label={label}
        name="text"
        rows={5}
        required={isRequired}
        maxLength={workSessionLimits.session_note_characters.value}
      />
    </ChangeDialog>
  );
}

function Notes({ session: { id, notes } }: { session: WorkSessionDetail }) {
  return (
    <section aria-labelledby="notes-heading">
      <h2 id="notes-heading">Notes</h2>
      {notes.length === 0 ? (
        <div className="card">
          <p className="muted">Nothing is written down yet. At the terminal:</p>
          <CopyCommand command={`npx floom session note "What I found" ${id}`} />
        </div>
      ) : (
        <ol className="card rows">
          {notes.map(({ number, note, created_at: at, created_by: by }) => (
            <li key={number} className="row">
              <span className="row-main">
                <span className="plain-pre">{showLine(note, MOST_CHARACTERS)}</span>
                <span className="muted">
                  <Moment iso={at} /> by <code>{by}</code>
                </span>
              </span>
            </li>
          ))}
        </ol>
      )}
    </section>
  );
}

function Runs({ session: { id, runs } }: { session: WorkSessionDetail }) {
  return (
    <section aria-labelledby="session-runs-heading">
      <h2 id="session-runs-heading">Runs</h2>
      {runs.length === 0 ? (
        <div className="card">
          <p className="muted">No run belongs to it yet. What is run like this does:</p>
          <CopyCommand command={`FLOOM_SESSION=${id} npx floom run hello-worker`} />
        </div>
      ) : (
        <ListTable
          caption="Runs of the session, newest first"
          rows={runs}
          keyOf={({ run_id: run }) => run}
          columns={[
            { head: "Status", cell: ({ status }) => <StatusPill status={status} /> },
            { head: "Worker", cell: ({ worker, run_id: run }) => <Link to={`/runs/${run}`}>{worker}</Link> },
            { head: "Added", cell: ({ added_at: at }) => <Moment iso={at} /> },
            { head: "By", cell: ({ added_by: by }) => <code className="clipped">{by}</code> },
          ]}
        />
      )}
    </section>
  );
}
