import type { AlertMessage } from "#contract/alerts/alert";
import type { SpendState } from "#contract/spend/spend";
import type { OutgoingMail } from "../platform/mail/mailer.ts";

/** A mail that tells of a worker; its id is the delivery's. */
export interface Mail extends OutgoingMail {
  workspace_id: string;
  worker_id: string;
}

const USUAL_SUBJECT = "{worker_name} {status}";
const SUBJECT_CHARACTERS = 200;
const LINE_CHARACTERS = 2000;

/** One line: a line break in a subject would begin another header, and control characters have no place in a mail. */
function toLine(text: string, most: number): string {
  return text
    .replaceAll(/[\s\p{Cc}]+/gu, " ")
    .trim()
    .slice(0, most);
}

/** Fills `{worker_name}` and `{status}` into a subject; anything else in braces stays as it is. */
export function fillSubject(template: string | null, { data }: AlertMessage): string {
  const values: Record<string, string> = { worker_name: data.worker.title, status: data.status };
  const filled = (template ?? USUAL_SUBJECT).replaceAll(
    /\{(worker_name|status)\}/g,
    (_, name: string) => values[name] ?? "",
  );
  return toLine(filled, SUBJECT_CHARACTERS);
}

function describeSpend({ scope, period, spent_usd: spent, cap_usd: cap }: SpendState): string {
  return `Spent: $${spent.toFixed(2)} of $${(cap ?? 0).toFixed(2)} a ${period}, of the ${scope}`;
}

function describe({ type, timestamp, data }: AlertMessage): string[] {
  const { worker, run, failure, approval, schedule, spend, anomaly, connection, evaluation } = data;
  const lines = [`${worker.title} (${worker.name}): ${data.status}`, "", `When: ${timestamp}`];
  if (run) lines.push(`Run: ${run.id}, version ${run.version}, attempt ${run.attempt}`);
  if (failure)
    lines.push("", `What happened: ${failure.message} (${failure.code})`, `What to do: ${failure.hint}`);
  if (approval) {
    lines.push(`Asks: ${approval.label}`, `Run: ${approval.run_id}`);
    if (approval.expires_at !== null) lines.push(`Answer by: ${approval.expires_at}`);
  }
  if (schedule)
    lines.push(`Schedule: ${schedule.name}`, `Was due: ${schedule.due_at}`, `Why: ${schedule.reason}`);

  if (spend) lines.push(describeSpend(spend));
  if (anomaly) lines.push(`What: ${anomaly.message}`, `Run: ${anomaly.run_id}`);
  if (connection) {
    lines.push(`Connection: ${connection.name}`);
    lines.push(`Tools that are not called any more: ${connection.tools.join(", ")}`);
  }
  if (evaluation)
    lines.push(`Evaluation: ${evaluation.id}`, ...evaluation.reasons.map((why) => `Why: ${why}`));
  if (type === "alert.test") lines.push("", "Somebody sent this to see whether it arrives.");
  return lines;
}

/** The mail of a message. Only what the message holds is in it: no inputs, no outputs, no secrets. Pure. */
export function buildMail(
  message: AlertMessage,
  { subject, ...envelope }: Omit<Mail, "subject" | "text"> & { subject: string | null },
): Mail {
  const links = Object.entries(message.data.links).map(([name, url]) => `Open the ${name}: ${url}`);
  const lines = [...describe(message), "", ...links].map((line) => toLine(line, LINE_CHARACTERS));
  return { ...envelope, subject: fillSubject(subject, message), text: `${lines.join("\n")}\n` };
}
