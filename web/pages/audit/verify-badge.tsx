import { useState } from "react";
import { auditRoutes } from "#contract/audit/routes";
import type { AuditHead, ChainBreak, ChainPlace } from "#contract/audit/chain";
import { formatCount } from "#contract/words";
import { useApi } from "../../api/api-context.ts";
import type { Api } from "../../api/api-context.ts";
import { ErrorNotice } from "../../parts/error-notice.tsx";
import { Moment } from "../../parts/moment.tsx";
import { Pill } from "../../parts/pill.tsx";

interface Verdict {
  entries: number;
  broken: ChainBreak | null;
  head: AuditHead | null;
  earlier: number;
}

/** Has the server go through the chain, part by part, to its end or where it is broken. */
async function verify(api: Api, onPart: (entries: number) => void): Promise<Verdict> {
  let next: ChainPlace | null = null;
  let entries = 0;
  for (;;) {
    const from: { after_seq?: number; after_hash?: string } =
      next === null ? {} : { after_seq: next.seq, after_hash: next.hash };
    const part = await api.call(auditRoutes.verifyAudit, { query: from });
    entries += part.entries;
    onPart(entries);
    next = part.next;
    if (next === null) return { entries, broken: part.broken, head: part.head, earlier: part.earlier_events };
  }
}

type Step =
  | { kind: "idle" }
  | { kind: "busy"; entries: number }
  | { kind: "done"; verdict: Verdict }
  | { kind: "failed"; error: unknown };

/** Whether the record is what was written: judged when somebody asks, and said with what it rests on. */
export function VerifyBadge() {
  const api = useApi();
  const [step, setStep] = useState<Step>({ kind: "idle" });
  async function judge(): Promise<void> {
    setStep({ kind: "busy", entries: 0 });
    try {
      const verdict = await verify(api, (entries) => setStep({ kind: "busy", entries }));
      setStep({ kind: "done", verdict });
    } catch (error) {
      setStep({ kind: "failed", error });
    }
  }
  if (step.kind === "failed") return <ErrorNotice error={step.error} onRetry={() => void judge()} />;
  return (
    <div className="card row attention">
      <output className="row-main">
        {step.kind === "idle" && "Each entry is chained to the one before it, and the newest is signed."}
        {step.kind === "busy" &&
          `Checking: ${formatCount(step.entries, "entry").replace("entrys", "entries")} so far …`}
        {step.kind === "done" && <Words verdict={step.verdict} />}
      </output>
      <button type="button" className="small" disabled={step.kind === "busy"} onClick={() => void judge()}>
        Check the record
      </button>
    </div>
  );
}

function Words({ verdict }: { verdict: Verdict }) {
  const { entries, broken, head, earlier } = verdict;
  if (broken !== null) {
    return (
      <span>
        <Pill tone="bad">Not as written</Pill> Entry {broken.seq}: {broken.reason}
      </span>
    );
  }
  return (
    <span>
      <Pill tone="good">As written</Pill> {entries.toLocaleString("en-US")} entries, every one of them
      {head !== null && (
        <>
          ; signed <Moment iso={head.signed_at} />
        </>
      )}
      {earlier > 0 && `. ${earlier.toLocaleString("en-US")} older events are from before there was a chain`}.
    </span>
  );
}
