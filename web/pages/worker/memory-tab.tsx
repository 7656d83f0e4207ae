import { Link } from "wouter";
import { memoryRoutes } from "#contract/memory/routes";
import type { Feedback, LearningSummary } from "#contract/memory/memory";
import { limits } from "#contract/limits";
import { showText } from "#contract/outputs/show-text";
import type { WorkerDetail } from "#contract/workers/worker";
import { useApi } from "../../api/api-context.ts";
import { useMay } from "../../api/use-may.ts";
import { useRead, useReadPages } from "../../api/use-read.ts";
import { Empty } from "../../parts/empty.tsx";
import { ListTable } from "../../parts/list-table.tsx";
import { Loaded, More } from "../../parts/loaded.tsx";
import { TextAreaField } from "../../parts/labelled.tsx";
import { ErrorNotice } from "../../parts/error-notice.tsx";
import { Moment } from "../../parts/moment.tsx";
import { Pill } from "../../parts/pill.tsx";
import { ChangeButton } from "../../ui/change-button.tsx";
import { ConfirmButton } from "../../ui/confirm-button.tsx";
import { textOf } from "../../ui/dialog.tsx";
import { useChange } from "../../ui/use-change.ts";

/** What an agent has learned, and the rules that people give it. */
export function MemoryTab({ worker }: { worker: WorkerDetail }) {
  const params = { worker: worker.id };
  const learnings = useReadPages([memoryRoutes.listLearnings.id, params], (api, { from, signal }) =>
    api.call(memoryRoutes.listLearnings, { params, query: from, signal }),
  );
  const rules = useRead(memoryRoutes.listFeedback, { params });
  return (
    <>
      <section aria-labelledby="rules-heading">
        <h2 id="rules-heading">Rules</h2>
        <p className="lead">
          What people tell it: those in force are among the instructions of each new run.
        </p>
        <AddRule worker={worker.id} />
        <Loaded query={rules} what="its rules" rows={2}>
          {(all) => <Rules worker={worker.id} rules={all} />}
        </Loaded>
      </section>
      <section aria-labelledby="learnings-heading">
        <h2 id="learnings-heading">What it has learned</h2>
        <Loaded query={learnings} what="what it has learned">
          {({ pages }) => (
            <Learnings worker={worker.id} learnings={pages.flatMap((page) => page.learnings)} />
          )}
        </Loaded>
        <More pages={learnings} />
      </section>
    </>
  );
}

function AddRule({ worker }: { worker: string }) {
  const api = useApi();
  const may = useMay()("workers:write");
  const change = useChange();
  if (!may) return null;
  async function send(form: HTMLFormElement): Promise<void> {
    const text = textOf(new FormData(form), "text");
    const add = () => api.call(memoryRoutes.addFeedback, { params: { worker }, json: { text } });
    if (await change.make(add, "It is told so from the next run on.")) form.reset();
  }
  return (
    <form
      className="card"
      onSubmit={(event) => {
        event.preventDefault();
        void send(event.currentTarget);
      }}
    >
      <TextAreaField
        label="A new rule"
        name="text"
        rows={2}
        required
        maxLength={limits.feedback_characters.value}
        placeholder="Write to customers in the language that they wrote in."
      />
      {change.error !== undefined && <ErrorNotice error={change.error} />}
      <button type="submit" className="primary" disabled={change.busy}>
        Give it this rule
      </button>
    </form>
  );
}

function Rules({ worker, rules }: { worker: string; rules: readonly Feedback[] }) {
  const api = useApi();
  const may = useMay()("workers:write");
  if (rules.length === 0) return <p className="card muted">It has been given none.</p>;
  return (
    <ListTable
      caption="Rules, newest first"
      rows={rules}
      keyOf={({ id }) => id}
      columns={[
        { head: "Rule", cell: ({ text }) => <span className="preserved">{showText(text).text}</span> },
        {
          head: "In force",
          cell: ({ status }) =>
            status === "active" ? <Pill tone="good">Yes</Pill> : <span className="muted">No more</span>,
        },
        { head: "Given", cell: ({ created_at: at }) => <Moment iso={at} /> },
        {
          head: "",
          cell: ({ id: feedback, status }) =>
            may && status === "active" ? (
              <div className="actions">
                <ChangeButton
                  label="Take it back"
                  said="It is told so no more, from the next run on."
                  onPress={() => api.call(memoryRoutes.resolveFeedback, { params: { worker, feedback } })}
                />
              </div>
            ) : null,
        },
      ]}
    />
  );
}

function Learnings({ worker, learnings }: { worker: string; learnings: readonly LearningSummary[] }) {
  if (learnings.length === 0) {
    return (
      <Empty title="Nothing yet">
        An agent that may remember writes here what later runs should know. What it has from outside waits
        until somebody has read it.
      </Empty>
    );
  }
  return (
    <ListTable
      caption="Learnings, newest first"
      rows={learnings}
      keyOf={({ id }) => id}
      columns={[
        {
          head: "What it learned",
          cell: ({ learning, source, why_waiting: why, state }) => (
            <span>
              <span className="preserved">{showText(learning).text}</span>
              {source !== null && <span className="row-error muted">From: {showText(source).text}</span>}
              {state === "proposed" && why !== null && <span className="row-error">{why}</span>}
            </span>
          ),
        },
        {
          head: "Told to runs",
          cell: ({ state }) =>
            state === "kept" ? <Pill tone="good">Yes</Pill> : <Pill tone="wait">Waits for a review</Pill>,
        },
        { head: "In", cell: ({ run_id: run }) => <Link to={`/runs/${run}`}>this run</Link> },
        { head: "When", cell: ({ created_at: at }) => <Moment iso={at} /> },
        { head: "", cell: (one) => <Review worker={worker} learning={one} /> },
      ]}
    />
  );
}

function Review({ worker, learning }: { worker: string; learning: LearningSummary }) {
  const api = useApi();
  const may = useMay()("workers:write");
  if (!may) return null;
  const review = (verdict: "keep" | "drop") =>
    api.call(memoryRoutes.reviewLearning, { params: { worker, learning: learning.id }, json: { verdict } });
  const words = learning.learning.slice(0, 60);
  return (
    <div className="actions">
      {learning.state === "proposed" && (
        <ChangeButton
          label="Keep"
          name={`Keep: ${words}`}
          className="small primary"
          said="Runs are told of it from now on."
          onPress={() => review("keep")}
        />
      )}
      <ConfirmButton
        label="Drop"
        name={`Drop: ${words}`}
        title="Drop what it learned?"
        said="It is dropped."
        onConfirm={() => review("drop")}
      >
        <p className="preserved">{showText(learning.learning).text}</p>
        <p>It is deleted; no run is told of it any more.</p>
      </ConfirmButton>
    </div>
  );
}
