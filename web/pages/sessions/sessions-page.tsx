import { useState } from "react";
import { Link, useLocation } from "wouter";
import { showLine } from "#contract/outputs/show-text";
import { workSessionRoutes } from "#contract/work-sessions/routes";
import type { WorkSessionSummary } from "#contract/work-sessions/work-session";
import { workSessionLimits } from "#contract/work-sessions/limits";
import { useApi } from "../../api/api-context.ts";
import { useMay } from "../../api/use-may.ts";
import { useReadPages } from "../../api/use-read.ts";
import { Ago } from "../../parts/ago.tsx";
import { Empty } from "../../parts/empty.tsx";
import { TextField } from "../../parts/labelled.tsx";
import { ListTable } from "../../parts/list-table.tsx";
import { Loaded, More } from "../../parts/loaded.tsx";
import { Moment } from "../../parts/moment.tsx";
import { PageHeading } from "../../parts/page-heading.tsx";
import { Pill } from "../../parts/pill.tsx";
import { ChangeDialog, textOf } from "../../ui/dialog.tsx";
import { sessionLooks } from "./session-words.ts";

const REFRESH_MS = 15_000;

/** Stretches of work, of people and of agents: which are under way, and what came out of those that ended. */
export function SessionsPage() {
  const may = useMay()("runs:write");
  const [isStarting, setStarting] = useState(false);
  const sessions = useReadPages(
    [workSessionRoutes.listWorkSessions.id],
    (api, { from, signal }) => api.call(workSessionRoutes.listWorkSessions, { query: from, signal }),
    () => REFRESH_MS,
  );
  return (
    <>
      <div className="head-row">
        <PageHeading title="Sessions" />
        {may && (
          <div className="actions">
            <button type="button" className="primary" onClick={() => setStarting(true)}>
              Begin a session
            </button>
          </div>
        )}
      </div>
      <p className="lead">
        A session is a record of a stretch of work: runs and notes are added to it, by people and agents.
      </p>
      <Loaded query={sessions} what="the sessions" rows={6}>
        {({ pages }) => <Sessions sessions={pages.flatMap((page) => page.sessions)} />}
      </Loaded>
      <More pages={sessions} />
      {isStarting && <StartDialog onClose={() => setStarting(false)} />}
    </>
  );
}

function Sessions({ sessions }: { sessions: readonly WorkSessionSummary[] }) {
  if (sessions.length === 0) {
    return (
      <Empty title="Nobody has begun a session" command='npx floom session start "Mend the digest"'>
        An agent begins one by the tool start_work_session; at the terminal it is:
      </Empty>
    );
  }
  return (
    <ListTable
      caption="Sessions, newest first"
      rows={sessions}
      keyOf={({ id }) => id}
      columns={[
        {
          head: "Session",
          cell: ({ id, name, end_message: end }) => (
            <span>
              <Link to={`/sessions/${id}`}>{showLine(name)}</Link>
              {end !== null && <span className="muted clipped">{showLine(end)}</span>}
            </span>
          ),
        },
        {
          head: "State",
          cell: ({ status }) => <Pill tone={sessionLooks[status].tone}>{sessionLooks[status].words}</Pill>,
        },
        { head: "Begun", cell: ({ started_at: at }) => <Moment iso={at} /> },
        { head: "Last heard of", cell: ({ last_seen_at: at }) => <Ago iso={at} /> },
        { head: "By", cell: ({ created_by: by }) => <code className="clipped">{by}</code> },
      ]}
    />
  );
}

function StartDialog({ onClose }: { onClose: () => void }) {
  const api = useApi();
  const [, navigate] = useLocation();
  return (
    <ChangeDialog
      title="Begin a session"
      action="Begin it"
      send={async (form) => {
        const name = textOf(form, "name");
        const { id } = await api.call(workSessionRoutes.startWorkSession, {
          json: name === "" ? {} : { name },
        });
        navigate(`/sessions/${id}`);
      }}
      said="The session has begun."
      onClose={onClose}
    >
      <TextField
        label="What it is about"
        name="name"
        maxLength={workSessionLimits.session_name_characters.value}
        autoComplete="off"
        hint="May stay empty; then it is called by when it began."
      />
    </ChangeDialog>
  );
}
