import { useState } from "react";
import { Link } from "wouter";
import type { CouncilDetail, CouncilTurn } from "#contract/councils/council";
import { councilRoutes } from "#contract/councils/routes";
import { showLine } from "#contract/outputs/show-text";
import { useApi } from "../../api/api-context.ts";
import { describeError } from "../../api/describe-error.ts";
import { useRead } from "../../api/use-read.ts";
import { ErrorNotice } from "../../parts/error-notice.tsx";
import { TextAreaField } from "../../parts/labelled.tsx";
import { Pill } from "../../parts/pill.tsx";
import type { Tone } from "../../parts/pill.tsx";
import { ConfirmButton } from "../../ui/confirm-button.tsx";
import { useChange } from "../../ui/use-change.ts";

const REFRESH_MS = 2000;
const MOST_CHARACTERS = 20_000;

const turnWords: Record<CouncilTurn["status"], { tone: Tone; words: string }> = {
  begun: { tone: "wait", words: "Begins" },
  running: { tone: "wait", words: "Speaks" },
  waiting: { tone: "wait", words: "Is asked" },
  spoken: { tone: "good", words: "Spoken" },
  passed: { tone: "plain", words: "Says nothing" },
  failed: { tone: "bad", words: "Failed" },
};

const statusWords: Record<CouncilDetail["status"], string> = {
  running: "They discuss",
  waiting: "They wait for a person",
  stopping: "They come to an end",
  ended: "They have ended",
};

/** The discussion of a council as it goes on: who may know what, what was said, and a way to put in a word. */
export function Council({ run, ended }: { run: string; ended: boolean }) {
  const read = useRead(councilRoutes.getCouncil, {
    params: { run },
    // Not by the run's own word: it ends between two answers, and the last of them would stand for good.
    refreshMs: ({ status }) => (status === "ended" ? false : REFRESH_MS),
  });
  // One that waits for its turn has not begun, which is no fault.
  if (read.isError)
    return ended ? <ErrorNotice error={read.error} onRetry={() => void read.refetch()} /> : null;
  if (read.data === undefined) return null;
  return (
    <section aria-labelledby="council-heading">
      <h2 id="council-heading">Council</h2>
      <CouncilView council={read.data} />
      {read.data.status !== "ended" && read.data.status !== "stopping" && <PutIn run={run} />}
    </section>
  );
}

/** A council as it stands. */
export function CouncilView({ council }: { council: CouncilDetail }) {
  const { round, rounds, agreement, status, members, turns, messages } = council;
  return (
    <>
      <p>
        {statusWords[status]}: round {round} of {rounds}
        {agreement !== null && `, agreement ${agreement.toFixed(2)}`}
      </p>
      <div className="card table-scroll">
        <table>
          <thead>
            <tr>
              <th scope="col">Member</th>
              <th scope="col">Worker</th>
              <th scope="col">Contexts</th>
              <th scope="col">Is told of</th>
            </tr>
          </thead>
          <tbody>
            {members.map(({ name, worker, contexts, sees }) => (
              <tr key={name}>
                <th scope="row">{name}</th>
                <td>{worker ?? "A person"}</td>
                <td>{worker === null ? "None" : listed(contexts ?? [], "None")}</td>
                <td>{listed(sees, "Nobody")}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <div className="card stack">
        <ol className="stack">
          {turns.map((turn) => (
            <Turn key={turn.number} turn={turn} />
          ))}
        </ol>
        {messages.map(({ number, speaker, message, reached_turn: reached }) => (
          <p key={number}>
            <strong>{showLine(speaker)}</strong>, from outside
            {reached === null ? "" : ` (told from turn ${reached} on)`}: {showLine(message, MOST_CHARACTERS)}
          </p>
        ))}
      </div>
    </>
  );
}

const listed = (names: readonly string[], none: string): string =>
  names.length === 0 ? none : names.join(", ");

function Turn({ turn }: { turn: CouncilTurn }) {
  const { tone, words } = turnWords[turn.status];
  const had =
    turn.contexts === null || turn.contexts.length === 0 ? "" : `, with ${turn.contexts.join(", ")}`;
  return (
    <li>
      <strong>{turn.speaker}</strong>{" "}
      <span className="muted">
        round {turn.round}
        {had}
      </span>{" "}
      <Pill tone={tone}>{words}</Pill>{" "}
      {turn.run_id !== null && <Link href={`/runs/${turn.run_id}`}>Its run</Link>}
      {turn.status === "waiting" && turn.approval_id !== null && (
        <Link href={`/approvals?show=${turn.approval_id}`}>Answer</Link>
      )}
      {turn.statement !== "" && <p className="preserved">{showLine(turn.statement, MOST_CHARACTERS)}</p>}
      {turn.error !== null && <p className="muted">{showLine(turn.error)}</p>}
    </li>
  );
}

/** Says something to the council, or stops it. */
function PutIn({ run }: { run: string }) {
  const api = useApi();
  const change = useChange();
  const [message, setMessage] = useState("");
  async function send(): Promise<void> {
    const json = { message, key: crypto.randomUUID() };
    const isSent = await change.make(
      async () => api.call(councilRoutes.interveneInCouncil, { params: { run }, json }),
      "Every turn that begins from now on is told of it.",
    );
    if (isSent) setMessage("");
  }
  return (
    <form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      <TextAreaField
        label="Say something to them"
        rows={2}
        value={message}
        onChange={(event) => setMessage(event.target.value)}
      />
      {change.error !== undefined && <p role="alert">{describeError(change.error).detail}</p>}
      <div className="actions">
        <button type="submit" disabled={change.busy || message.trim() === ""}>
          Say it
        </button>
        <ConfirmButton
          label="Stop the council"
          title="Stop the council?"
          className=""
          said="It comes to an end."
          onConfirm={async () => api.call(councilRoutes.stopCouncil, { params: { run }, json: {} })}
        >
          Turns that are under way are waited for, and what came out is written down. It cannot go on
          afterwards.
        </ConfirmButton>
      </div>
    </form>
  );
}
