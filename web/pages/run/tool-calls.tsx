import { useEffect, useRef } from "react";
import type { Json } from "#contract/json";
import { showLine } from "#contract/outputs/show-text";
import { toolCallRoutes } from "#contract/tool-calls/routes";
import type { ToolCall } from "#contract/tool-calls/tool-call";
import { formatDuration } from "#contract/words";
import { Link } from "wouter";
import { useReadPages } from "../../api/use-read.ts";
import { JsonTree } from "../../outputs/json-tree.tsx";
import { ErrorNotice } from "../../parts/error-notice.tsx";
import { More } from "../../parts/loaded.tsx";
import { Pill } from "../../parts/pill.tsx";
import type { Tone } from "../../parts/pill.tsx";

const statusWords: Record<ToolCall["status"], { tone: Tone; words: string }> = {
  judged: { tone: "plain", words: "Is judged" },
  held: { tone: "wait", words: "Waits for a person" },
  executing: { tone: "wait", words: "Under way" },
  answered: { tone: "good", words: "Answered" },
  failed: { tone: "bad", words: "Failed" },
  denied: { tone: "bad", words: "Denied" },
};

/**
 * What a run asked of tools, each with what was sent and what came back, asked for again with each piece of `news`; nothing
 * for a run that asked for none.
 */
export function ToolCalls({ run, ended, news }: { run: string; ended: boolean; news: number }) {
  const calls = useReadPages([toolCallRoutes.listToolCalls.id, run], (api, { from, signal }) =>
    api.call(toolCallRoutes.listToolCalls, { params: { run }, query: from, signal }),
  );
  const { refetch } = calls;
  // What was known when the list was first asked for; of a run that has ended the events tell nothing that is not in it.
  const told = ended ? Infinity : news;
  const seen = useRef(told);
  useEffect(() => {
    if (seen.current === told) return;
    seen.current = told;
    void refetch();
  }, [told, refetch]);
  const all = calls.data?.pages.flatMap((page) => page.tool_calls) ?? [];
  if (calls.isError) return <ErrorNotice error={calls.error} onRetry={() => void calls.refetch()} />;
  if (all.length === 0) return null;
  return (
    <section aria-labelledby="calls-heading">
      <h2 id="calls-heading">Tool calls</h2>
      <div className="card stack">
        {all.map((call) => (
          <Call key={call.id} call={call} />
        ))}
      </div>
      <More pages={calls} />
    </section>
  );
}

function Call({ call }: { call: ToolCall }) {
  const { tone, words } = statusWords[call.status];
  return (
    <details className="call">
      <summary>
        <Pill tone={tone}>{words}</Pill> <strong>{showLine(call.tool, 120)}</strong>{" "}
        <span className="muted">
          {call.method ?? call.effect}
          {call.duration_ms !== null && `, ${formatDuration(call.duration_ms)}`}
        </span>
      </summary>
      {call.message !== null && <p>{showLine(call.message, 500)}</p>}
      {call.reason !== null && <p>A person was asked: {showLine(call.reason, 500)}</p>}
      {call.approval_id !== null && (
        <p>
          <Link to={`/approvals?show=${call.approval_id}`}>See the approval</Link>
          {call.edited && ", which has changed what was sent"}
        </p>
      )}
      <Shown title="Asked for" value={call.arguments} />
      <Shown title="Sent" value={call.request} />
      <Shown title="Came back" value={call.answer} />
    </details>
  );
}

function Shown({ title, value }: { title: string; value: Json }) {
  if (value === null) return null;
  return (
    <>
      <h3>{title}</h3>
      <JsonTree value={value} label={title} />
    </>
  );
}
