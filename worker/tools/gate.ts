// Owns every effect of an attempt outside of it: what may be done, by whose word, and what became of it.
// Never sends what is not on record first, and nothing twice; never keeps or shows a secret's value.
// Writes the record of each call, and tells the record of changes its outcome.
import type { GateEvent } from "#contract/audit/gate-events";
import type { Json } from "#contract/json";
import type { Clock } from "../platform/clock.ts";
import { canonicalJson } from "../platform/canonical-json.ts";
import { sha256Hex } from "../platform/crypto.ts";
import { describeError, log } from "../platform/log.ts";
import { isObject } from "../registry/actions/compile-schema.ts";
import type { GateRules } from "../runs/spec/gate-rules.ts";
import { boundAnswer } from "./bound-answer.ts";
import { buildEvent } from "./build-event.ts";
import type { EventFacts } from "./build-event.ts";
import type { CallRecord, CallRecords } from "./call-records.ts";
import type {
  Gate,
  GateReply,
  PreparedCall,
  ToolAnswer,
  ToolDefinition,
  ToolDriver,
  ToolWish,
} from "./gate-api.ts";
import { judgeArguments } from "./judge-arguments.ts";
import { judgeCall } from "./judge-call.ts";
import type { CallVerdict } from "./judge-call.ts";
import type { RatedCall } from "./call-rates.ts";
import { newRecord } from "./new-record.ts";
import { judgeRate, RATE_WINDOW_MS } from "./judge-rate.ts";
import type { RateVerdict } from "./judge-rate.ts";

/** What a person is asked about a call. */
export interface HoldRequest {
  call_id: string;
  tool: ToolDefinition;
  arguments: Json;
  request: Json;
  reason: string;
}

export type HoldVerdict =
  | { kind: "pending" }
  | { kind: "approved"; edited: Json | null; reason: string | null }
  | { kind: "rejected"; reason: string | null }
  | { kind: "expired" };

/** The port to the people who decide. The same call is asked about once, however often `ask` is called. */
export interface Holds {
  /** Null while people are asked about another call of the run. `refused`: why they never will be about this one. */
  ask: (wish: HoldRequest) => Promise<{ approval_id: string } | { refused: string } | null>;
  read: (approvalId: string) => Promise<HoldVerdict>;
}

export type Credentials =
  | { kind: "given"; values: Readonly<Record<string, string>> }
  | { kind: "denied"; name: string; message: string };

/** All that the gate touches outside its own records. */
export interface GateDeps {
  records: CallRecords;
  drivers: readonly ToolDriver[];
  rules: GateRules;
  of: { run_id: string; worker: { id: string; name: string } };
  clock: Clock;
  holds: Holds;
  /** The arguments that come of what a person wrote, where that is a part of them; absent: what they wrote is all. */
  applyEdits?: (given: Json, edited: Json) => Json;
  /** Counts a call over all runs of the worker, unless it came too often. */
  takeCall: (call: RatedCall) => Promise<RateVerdict>;
  /** The values of secrets, each only for a worker and hosts that it is meant for. */
  openCredentials: (wanted: PreparedCall["credentials"]) => Promise<Credentials>;
  /** Takes the run's secrets out of what is kept and shown. */
  mask: <Value extends Json>(value: Value) => Promise<Value>;
  /** Tells the record of changes; the same event twice is there once. */
  tell: (event: GateEvent) => Promise<void>;
  /** What a run from which nothing may leave is answered instead; null for one that acts. */
  replayed: ((call: { tool: string; digest: string }) => Promise<ToolAnswer | null>) | null;
}

type TooOften = RateVerdict & { kind: "later" };

/** How long a call that came too early for the people asked about another one waits. */
const BUSY_MS = 5000;

export class CallGate implements Gate {
  readonly #deps: GateDeps;
  /** Null until the records were looked through for it, once in the life of this gate. */
  #lastNumber: number | null = null;
  readonly #underWay = new Map<string, Promise<GateReply>>();
  /** Calls that came too often, and of which that was told. */
  readonly #toldLate = new Set<string>();

  constructor(deps: GateDeps) {
    this.#deps = deps;
  }

  tools(): readonly ToolDefinition[] {
    const { allowed_tools: allowed } = this.#deps.rules;
    const all = this.#deps.drivers.flatMap((driver) => driver.list());
    return allowed === null ? all : all.filter(({ name }) => allowed.includes(name));
  }

  /** Makes a call, or says why it is not made (yet). Repeated, it answers the same; two at once are one. */
  call(wish: ToolWish, signal: AbortSignal = new AbortController().signal): Promise<GateReply> {
    const known = this.#underWay.get(wish.call_id);
    if (known !== undefined) return known.then(() => this.call(wish, signal));
    const made = this.#call(wish, signal).finally(() => this.#underWay.delete(wish.call_id));
    this.#underWay.set(wish.call_id, made);
    return made;
  }

  /** Tells of outcomes that the record of changes has not heard. */
  async tellRest(): Promise<void> {
    for (const record of this.#deps.records.list()) if (record.ended_at !== null) await this.#tell(record);
  }

  async #call(wish: ToolWish, signal: AbortSignal): Promise<GateReply> {
    const digest = await sha256Hex(canonicalJson([wish.tool, wish.arguments]));
    const record = this.#deps.records.find(wish.call_id) ?? (await this.#judge(wish, digest));
    if ("kind" in record) return record;
    if (record.digest !== digest)
      return { kind: "denied", code: "call_id_reused", message: "This id belongs to another call." };
    return this.#goOn(record, signal);
  }

  /** Goes on with a call from whatever its record says. */
  async #goOn(record: CallRecord, signal: AbortSignal): Promise<GateReply> {
    switch (record.state) {
      case "held":
        return this.#decide(record, signal);
      case "judged":
        return this.#execute(record, signal);
      case "executing":
        return this.#resume(record, signal);
      case "answered":
      case "denied":
        await this.#tell(record);
        return replyOf(record);
    }
  }

  /** A call that nobody has asked for before. What comes too often leaves no record: it is asked for again. */
  async #judge(wish: ToolWish, digest: string): Promise<CallRecord | GateReply> {
    const found = this.#find(wish.tool);
    const tool = found?.tool ?? null;
    const verdict = this.#verdictOn(tool, wish.arguments);
    const fresh = newRecord(wish, { digest, tool, number: this.#takeNumber(), now: this.#deps.clock() });
    if (verdict.kind === "deny") return this.#deny(fresh, verdict, { forbidden: verdict.forbidden });
    const late = await this.#count(tool, { isAsked: verdict.kind === "ask" });
    if (late !== null) return this.#putOff(fresh, late);
    const prepared = await found?.driver.prepare(wish);
    if (prepared === undefined || "fault" in prepared)
      return this.#deny(fresh, { code: "arguments_invalid", message: describeFault(prepared) });
    const { request, credentials } = prepared;
    const known = { ...fresh, request, credentials };
    if (verdict.kind === "go" || this.#deps.replayed !== null) return this.#deps.records.save(known);
    return this.#deps.records.save({ ...known, state: "held", rule: verdict.rule, reason: verdict.reason });
  }

  #find(name: string): { driver: ToolDriver; tool: ToolDefinition } | null {
    for (const driver of this.#deps.drivers) {
      const tool = driver.list().find((one) => one.name === name);
      if (tool !== undefined) return { driver, tool };
    }
    return null;
  }

  #verdictOn(tool: ToolDefinition | null, given: Json): CallVerdict {
    const { records, rules } = this.#deps;
    return judgeCall({
      tool,
      arguments: isObject(given) ? given : {},
      fault: tool === null ? null : judgeArguments(tool, given),
      rules,
      isTainted: records.isTainted,
    });
  }

  /**
   * Counts a call that is about to be sent; one that people are asked about first is judged now and counted then. What a
   * worker declares is counted over all its runs, what the platform sets on its own tools within the attempt.
   */
  async #count(tool: ToolDefinition | null, { isAsked }: { isAsked: boolean }): Promise<TooOften | null> {
    const { replayed, takeCall, records, clock } = this.#deps;
    const limit = tool?.calls_per_minute ?? null;
    if (tool === null || limit === null || replayed !== null) return null;
    const sent = () => records.sentTimes(tool.name).map((at) => ({ until: at + RATE_WINDOW_MS, calls: 1 }));
    const verdict =
      tool.source === "builtin"
        ? judgeRate(sent(), { limit, now: clock() })
        : await takeCall({ tool: tool.name, limit, isAsked });
    return verdict.kind === "later" ? verdict : null;
  }

  async #putOff(record: CallRecord, { retry_at, count, limit }: TooOften): Promise<GateReply> {
    const message = `${record.tool} was called more than ${limit} times in a minute.`;
    const denied: CallRecord = { ...record, state: "denied", code: "rate_limited", message };
    const rate = { count, limit, window_seconds: RATE_WINDOW_MS / 1000 };
    // Said once: of many that wait for one place, each comes again and again.
    if (!this.#toldLate.has(record.call_id)) await this.#tellQuietly(denied, { rate });
    this.#toldLate.add(record.call_id);
    return { kind: "later", retry_at };
  }

  /** Asks people, or takes their word. */
  async #decide(record: CallRecord, signal: AbortSignal): Promise<GateReply> {
    const { records, holds } = this.#deps;
    if (record.approval_id === null) return this.#ask(record);
    const verdict = await holds.read(record.approval_id);
    if (verdict.kind === "pending") return { kind: "held", approval_id: record.approval_id };
    if (verdict.kind !== "approved") {
      const why = verdict.kind === "expired" ? "Nobody approved it in time." : "A person rejected it.";
      const message =
        verdict.kind === "rejected" && verdict.reason ? `${why} They say: ${verdict.reason}` : why;
      return replyOf(await this.#deny(record, { code: verdict.kind, message }));
    }
    const said = {
      ...record,
      comment: verdict.reason === null ? null : await this.#deps.mask(verdict.reason),
    };
    const { applyEdits = (_given, edited) => edited } = this.#deps;
    if (verdict.edited !== null)
      return this.#takeEdits(said, applyEdits(record.arguments, verdict.edited), signal);
    const late = await this.#count(this.#find(record.tool)?.tool ?? null, { isAsked: false });
    if (late !== null) return { kind: "later", retry_at: late.retry_at };
    return this.#execute(records.save({ ...said, state: "judged" }), signal);
  }

  async #ask(record: CallRecord): Promise<GateReply> {
    const tool = this.#find(record.tool)?.tool;
    if (tool === undefined) {
      return replyOf(
        await this.#deny(record, { code: "tool_unknown", message: "The tool is not there any more." }),
      );
    }
    const { call_id, arguments: given, request, reason } = record;
    const shown = { arguments: await this.#deps.mask(given), request: await this.#deps.mask(request) };
    const asked = await this.#deps.holds.ask({ call_id, tool, ...shown, reason: reason ?? "" });
    if (asked === null) return { kind: "later", retry_at: this.#deps.clock() + BUSY_MS };
    if ("refused" in asked)
      return replyOf(await this.#deny(record, { code: "approval_refused", message: asked.refused }));
    const held = this.#deps.records.save({ ...record, approval_id: asked.approval_id });
    await this.#tellQuietly(held, { isHold: true });
    return { kind: "held", approval_id: asked.approval_id };
  }

  /** What the approver wrote is held to all that the asker was, and is not asked about again: they have said yes to it. */
  async #takeEdits(record: CallRecord, edited: Json, signal: AbortSignal): Promise<GateReply> {
    const found = this.#find(record.tool);
    const verdict = this.#verdictOn(found?.tool ?? null, edited);
    const changed = { ...record, arguments: edited, edited: true };
    if (verdict.kind === "deny")
      return replyOf(await this.#deny(changed, verdict, { forbidden: verdict.forbidden }));
    const wish = { call_id: record.call_id, tool: record.tool, arguments: edited, edited: true as const };
    const prepared = await found?.driver.prepare(wish);
    if (prepared === undefined || "fault" in prepared) {
      return replyOf(
        await this.#deny(changed, { code: "arguments_invalid", message: describeFault(prepared) }),
      );
    }
    const late = await this.#count(found?.tool ?? null, { isAsked: false });
    if (late !== null) return { kind: "later", retry_at: late.retry_at };
    const { request, credentials } = prepared;
    return this.#execute(
      this.#deps.records.save({ ...changed, request, credentials, state: "judged" }),
      signal,
    );
  }

  /** An object before this one may have sent it, or not: what can be told apart by nobody is not done again. */
  async #resume(record: CallRecord, signal: AbortSignal): Promise<GateReply> {
    if (this.#find(record.tool)?.tool.repeatable === true) return this.#execute(record, signal);
    const message =
      "The call was under way when the platform was interrupted. It may have happened; it is not repeated.";
    return this.#answer(record, {
      ok: false,
      code: "outcome_unknown",
      message,
      retryable: false,
      sent: true,
    });
  }

  async #execute(record: CallRecord, signal: AbortSignal): Promise<GateReply> {
    const { records, replayed, openCredentials, clock } = this.#deps;
    const found = this.#find(record.tool);
    if (found === null || record.request === null) {
      return replyOf(
        await this.#deny(record, { code: "tool_unknown", message: "The tool is not there any more." }),
      );
    }
    if (replayed !== null) return this.#answer(record, (await replayed(record)) ?? NOT_IN_A_DRY_RUN);
    const opened = await openCredentials(record.credentials);
    if (opened.kind === "denied") {
      const { name, message } = opened;
      return replyOf(await this.#deny(record, { code: "credential_denied", message }, { credential: name }));
    }
    const sent = records.save({ ...record, state: "executing", sent_at: record.sent_at ?? clock() });
    const call = { call_id: sent.call_id, tool: sent.tool, arguments: sent.arguments };
    const answer = await found.driver.execute(
      { ...call, request: record.request, credentials: record.credentials },
      { credentials: opened.values, comment: sent.comment, signal },
    );
    // Marked before the answer is there for anybody: who reads it is tainted.
    if (found.tool.untrusted) records.taint();
    return this.#answer(sent, answer);
  }

  async #answer(record: CallRecord, answer: ToolAnswer): Promise<GateReply> {
    const kept = boundAnswer(await this.#maskAnswer(answer));
    const ended = this.#deps.records.save({
      ...record,
      state: "answered",
      answer: kept,
      code: kept.ok ? null : kept.code,
      message: kept.ok ? null : kept.message,
      ended_at: this.#deps.clock(),
    });
    await this.#tell(ended);
    return replyOf(ended);
  }

  async #maskAnswer(answer: ToolAnswer): Promise<ToolAnswer> {
    const { mask } = this.#deps;
    if (answer.ok) return { ...answer, content: await mask(answer.content) };
    const message = await mask(answer.message);
    const content = answer.content === undefined ? {} : { content: await mask(answer.content) };
    return { ...answer, message, ...content };
  }

  async #deny(
    record: CallRecord,
    { code, message }: { code: string; message: string },
    facts: EventFacts = {},
  ): Promise<CallRecord> {
    const ended_at = this.#deps.clock();
    const denied = this.#deps.records.save({ ...record, state: "denied", code, message, ended_at });
    return this.#tell(denied, facts);
  }

  /** Told once; a failure to tell is made up for by `tellRest` and holds nothing up. */
  async #tell(record: CallRecord, facts: EventFacts = {}): Promise<CallRecord> {
    const isHeard = !record.told && (await this.#tellQuietly(record, facts));
    return isHeard ? this.#deps.records.save({ ...record, told: true }) : record;
  }

  async #tellQuietly(record: CallRecord, facts: EventFacts): Promise<boolean> {
    const { mask, of, rules, records, tell, clock } = this.#deps;
    try {
      const shown = { arguments: await mask(record.arguments), request: await mask(record.request) };
      const tier = records.isTainted ? (rules.tainted_trust_tier ?? rules.trust_tier) : rules.trust_tier;
      await tell(buildEvent({ ...record, ...shown }, { ...facts, of, tier, now: clock() }));
      return true;
    } catch (error) {
      log("warn", "gate.not_told", {
        run_id: of.run_id,
        call_id: record.call_id,
        error: describeError(error),
      });
      return false;
    }
  }

  /** Two calls at once are numbered before either is on record. */
  #takeNumber(): number {
    this.#lastNumber = (this.#lastNumber ?? this.#deps.records.lastNumber()) + 1;
    return this.#lastNumber;
  }
}

const NOT_IN_A_DRY_RUN: ToolAnswer = {
  ok: false,
  code: "dry_run",
  message: "Nothing leaves a dry run, and the run that it replays made no such call.",
  retryable: false,
  sent: false,
};

function describeFault(prepared: PreparedCall | { fault: string; pointer?: string } | undefined): string {
  if (prepared === undefined || !("fault" in prepared)) return "The tool is not there any more.";
  return prepared.pointer === undefined ? prepared.fault : `${prepared.pointer} ${prepared.fault}`;
}

/** What the record of a call that is over answers. */
function replyOf({ state, answer, edited, code, message }: CallRecord): GateReply {
  if (state === "answered" && answer !== null) return { kind: "answered", answer, edited };
  return { kind: "denied", code: code ?? "denied", message: message ?? "The call is not made." };
}
