import * as z from "zod";
import { fromWireWorker } from "#contract/floom-wire";
import { limits } from "#contract/limits";
import type { AnomalyNews } from "#contract/anomalies/anomaly";
import type { AlertEventName, AlertMessage, AlertTopic } from "#contract/alerts/alert";
import { missedStartKey } from "#contract/event-subscriptions/subscription";
import type { Manifest } from "#contract/manifest/manifest";
import { toIso, toIsoOrNull } from "../platform/clock.ts";
import type { RunNotice } from "../runs/record/build-notice.ts";
import type { AlertEvent, AlertTarget } from "./outbox-api.ts";

const topics: Partial<Record<AlertEventName, AlertTopic>> = {
  "run.failed": "failed",
  "run.completed": "completed",
  "approval.required": "approval_required",
  "schedule.missed": "schedule_missed",
  "spend.warning": "spend_warning",
  "anomaly.found": "anomaly",
  "connection.tool_changed": "connection_changed",
  "connection.failing": "connection_changed",
  "evaluation.failed": "evaluation_failed",
  "version.not_activated": "evaluation_failed",
};

/** What a target must have asked for to be told of this; null for a test, which nobody asks for. */
export function topicOf(type: AlertEventName): AlertTopic | null {
  return topics[type] ?? null;
}

/** The event of a run's end, or of its question; null for one that was cancelled, since whoever did it knows. */
export function buildRunEvent({ summary, failure, approval, origin }: RunNotice): AlertEvent | null {
  const worker = fromWireWorker(summary);
  const shared = { worker, run: summary, links: { run: `${origin}/runs/${summary.id}` } };
  const { status } = summary;
  if (status === "pending_approval" && approval !== null) {
    const { id, label, at, expires_at: expiresAt } = approval;
    const asked = { id, label, run_id: summary.id, expires_at: toIsoOrNull(expiresAt) };
    return {
      type: "approval.required",
      key: id,
      at,
      data: {
        ...shared,
        status: "waits for approval",
        approval: asked,
      },
    };
  }
  if (status !== "failed" && status !== "completed") return null;
  return {
    type: `run.${status}`,
    key: summary.id,
    at: Date.parse(summary.completed_at ?? summary.created_at),
    data: {
      ...shared,
      status,
      failure,
    },
  };
}

/**
 * The events of caps that come near, or are reached. Each cap is told of once in its day or month: the same key makes no
 * second message.
 */
export function buildSpendEvents({ summary, spend = [], worker_id, origin }: RunNotice): AlertEvent[] {
  const worker = fromWireWorker(summary);
  return spend.map((state) => ({
    type: "spend.warning",
    key: `${worker_id}:${state.scope}:${state.period}:${state.resets_at}`,
    at: Date.parse(summary.completed_at ?? summary.created_at),
    data: {
      worker,
      status: "comes near its spend cap",
      spend: state,
      links: { run: `${origin}/runs/${summary.id}` },
    },
  }));
}

/** An expected start that did not happen, as the schedules say it. */
export interface ScheduleMiss {
  worker_id: string;
  worker_name: string;
  trigger_id: string;
  trigger_name: string;
  due_at: string;
  code: string;
  reason: string;
}

/** The event of an expected start that did not happen. `publicUrl` is empty where nobody has said it. */
export function buildMissedEvent(
  missed: ScheduleMiss,
  { publicUrl, at }: { publicUrl: string; at: number },
): AlertEvent {
  const { worker_name: name, trigger_name: schedule, ...facts } = missed;
  return {
    type: "schedule.missed",
    key: missedStartKey(missed),
    at,
    data: {
      worker: { name, title: name },
      status: "schedule missed",
      schedule: {
        trigger_id: facts.trigger_id,
        name: schedule,
        due_at: facts.due_at,
        code: facts.code,
        reason: facts.reason,
      },
      links: publicUrl === "" ? {} : { worker: `${publicUrl}/workers/${name}` },
    },
  };
}

/** Something unusual about a worker, as the watch over the record of changes has found it. */
export function buildAnomalyEvent(
  { worker, cause, at, ...news }: AnomalyNews & { worker: { name: string }; cause: string; at: number },
  publicUrl: string,
): AlertEvent {
  const { name } = worker;
  const held = { ignore: "", notify: "", throttle: ", throttled", pause: ", paused" }[news.action];
  return {
    type: "anomaly.found",
    key: `${news.kind}:${cause}`,
    at,
    data: {
      worker: { name, title: name },
      status: `unusual${held}`,
      anomaly: news,
      links: publicUrl === "" ? {} : { worker: `${publicUrl}/workers/${name}` },
    },
  };
}

/** What is to be told of a connection: tools that are others than those that were accepted, or that it cannot be used. */
export type ConnectionTrouble = { tools: string[]; mark: string } | { reason: string; since: number };

/** The event of trouble with a connection that a worker declares. The same trouble makes no second message. */
export function buildConnectionEvent(
  { worker, connection, at }: { worker: string; connection: { id: string; name: string }; at: number },
  trouble: ConnectionTrouble,
  publicUrl: string,
): AlertEvent {
  const { id, name } = connection;
  const isChange = "tools" in trouble;
  return {
    type: isChange ? "connection.tool_changed" : "connection.failing",
    key: `${id}:${isChange ? trouble.mark : trouble.since}`,
    at,
    data: {
      worker: { name: worker, title: worker },
      status: isChange ? "a connection's tools have changed" : "a connection cannot be used",
      connection: {
        id,
        name,
        ...(isChange ? { tools: trouble.tools } : { tools: [], reason: trouble.reason }),
      },
      links: publicUrl === "" ? {} : { worker: `${publicUrl}/workers/${worker}` },
    },
  };
}

/** The event of a version that waits for the gate and is not let in. The same evaluation makes no second message. */
export function buildGateEvent(
  { worker, evaluation, at }: { worker: string; evaluation: GateNews; at: number },
  publicUrl: string,
): AlertEvent {
  const { id, version, verdict } = evaluation;
  const why = verdict === "fail" ? "did not pass its evaluation" : "passed, and is not activated";
  return {
    type: verdict === "fail" ? "evaluation.failed" : "version.not_activated",
    key: id,
    at,
    data: {
      worker: { name: worker, title: worker },
      status: `version ${version} ${why}`,
      evaluation,
      links: publicUrl === "" ? {} : { evaluations: `${publicUrl}/workers/${worker}/evaluations` },
    },
  };
}

type GateNews = NonNullable<AlertMessage["data"]["evaluation"]>;

interface WorkerFacts {
  name: string;
  title: string;
  /** Origin of the pages that links lead to. */
  origin: string;
}

/** A message somebody asked for to see whether it arrives. `key` is new each time. */
export function buildTestEvent(worker: WorkerFacts, { key, at }: { key: string; at: number }): AlertEvent {
  return {
    type: "alert.test",
    key,
    at,
    data: {
      worker: { name: worker.name, title: worker.title },
      status: "test",
      links: { worker: `${worker.origin}/workers/${worker.name}` },
    },
  };
}

/** The body of a post. */
export function buildMessage({ type, at, data }: AlertEvent): AlertMessage {
  return { type, timestamp: toIso(at), data };
}

/** An address as the API takes it: a manifest's is handed to the mailer as it stands, and may hold no header of its own. */
const isMailAddress = (text: string) => z.email().safeParse(text).success;

/** The target that a version's `notify` makes; null when it names nobody that can be written to. */
export function buildManifestTarget(
  notify: Manifest["notify"] | null,
  place: { workspace_id: string; worker_id: string; id: string },
): AlertTarget | null {
  if (!notify) return null;
  const text = (key: string) => (typeof notify[key] === "string" ? notify[key] : null);
  const texts = (key: string) => (Array.isArray(notify[key]) ? notify[key].map(String) : []);
  const [url, secret] = [text("url"), text("secret")];
  const mailboxes = texts("email_to").filter(isMailAddress).slice(0, limits.alert_email_items.value);
  if (url === null && mailboxes.length === 0) return null;
  return {
    ...place,
    url,
    email_to: mailboxes,
    events: texts("on").filter((topic) => topic === "failed" || topic === "completed"),
    signer: secret === null ? null : { kind: "named", name: secret },
    email_subject: text("email_subject"),
  };
}
