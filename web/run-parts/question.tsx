import { Link } from "wouter";
import type { ApprovalTrail } from "#contract/runs/run";
import { answers, beginSentence } from "#contract/words";
import { CopyCommand } from "../parts/copy-command.tsx";

/** What a run asks or asked: what is proposed, how to decide while it waits, and afterwards what followed. */
export function Question({ trail }: { trail: ApprovalTrail }) {
  const { id, kind, label, preview, status, reason, follow_up_run_id: followUp } = trail;
  const open = status === "pending";
  return (
    <section className="card" aria-labelledby="question-heading">
      <h2 id="question-heading">
        {open ? (kind === "approval" ? "Asks" : "Waits for") : beginSentence(answers[kind][status])}: {label}
      </h2>
      {preview !== null && preview !== "" && <pre className="raw">{preview}</pre>}
      {open && kind === "approval" && <HowToDecide id={id} link={trail.link} />}
      {open && (
        <p className="muted">
          Until <time dateTime={trail.expires_at}>{new Date(trail.expires_at).toLocaleString()}</time>.
        </p>
      )}
      {reason !== null && <p>Reason: {reason}</p>}
      {followUp !== null && (
        <p>
          {kind === "approval" ? "What was approved is done" : "It goes on"} by{" "}
          <Link to={`/runs/${followUp}`}>{followUp}</Link>.
        </p>
      )}
    </section>
  );
}

function HowToDecide({ id, link }: { id: string; link: string | null }) {
  return (
    <>
      {link !== null && (
        <p>
          <a href={link} className="button">
            Review and decide
          </a>
        </p>
      )}
      <p>{link === null ? "Decide from the command line:" : "Or from the command line:"}</p>
      <CopyCommand command={`npx floom approvals approve ${id}`} />
      <CopyCommand command={`npx floom approvals reject ${id} --reason "…"`} />
    </>
  );
}
