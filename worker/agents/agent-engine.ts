// Owns how an agent goes on: one turn of a model or one call through the gate in each step, from what is stored alone.
// Never has an effect by itself: whatever it does to the world, and to its own outputs, passes the gate.
// Writes what was said and where it stands, each once, with what is told of it.
import type { CalledRun } from "#contract/calls/call";
import type { Json } from "#contract/json";
import type { JournalEntry } from "#contract/runner/runner";
import { costOf } from "#contract/spend/model-prices";
import type { Program, ShowLive, StepReport } from "../attempts/program.ts";
import type { Clock } from "../platform/clock.ts";
import { sha256Hex } from "../platform/crypto.ts";
import type { Files } from "../platform/files.ts";
import type { AgentSpec } from "../runs/spec/agent-spec.ts";
import type { CommandEnd } from "../runs/ports/command-box.ts";
import type { RunSpec } from "../runs/spec/run-spec.ts";
import type { GateReply, ToolDefinition, ToolWish } from "../tools/gate-api.ts";
import { newState } from "./agent-storage.ts";
import type { AgentState, AgentStorage, PendingCall } from "./agent-storage.ts";
import { buildCorrection, buildSystem, buildUserMessage } from "./build-prompt.ts";
import type { AgentMemory } from "./build-prompt.ts";
import { leaveAll } from "./leave-all.ts";
import { markResult, trimMessages } from "./mark-result.ts";
import type { AgentMessage, AgentModel, AssistantPart, ModelReply } from "./models/model-api.ts";
import { decideNext, judgeFailure, judgeReply, REPEATS_REMARKED } from "./next-turn.ts";
import { tellLacks, tellLine, tellLive, tellOwn, tellPending, tellResult, tellTurn } from "./tell.ts";
import { listPending } from "./pending-calls.ts";
import { ASK } from "./tools/approval-driver.ts";
import { RUN_COMMAND, startedSeconds } from "./tools/command-driver.ts";
import { FINISH } from "./tools/output-driver.ts";
import { INVOKE } from "./tools/worker-driver.ts";
import { ENDED, lookAt } from "./look-at.ts";

/** All that an agent touches outside its own storage. */
export interface AgentDeps {
  spec: RunSpec;
  agent: AgentSpec;
  storage: AgentStorage;
  gate: {
    tools: () => readonly ToolDefinition[];
    call: (wish: ToolWish, signal: AbortSignal) => Promise<GateReply>;
    tellRest: () => Promise<void>;
  };
  /** Those that may be asked, in this order; a sentence where there is none. */
  openModels: () => Promise<readonly AgentModel[] | string>;
  /** The text of its entry; null where its bundle has none. */
  readEntry: () => Promise<string | null>;
  /** Names of the contexts that it may read. */
  contexts: readonly string[];
  /** Tools that this server does not have, and why; told where its instructions name one. */
  lacks: readonly { tool: string; why: string }[];
  /** What it remembers, and the rules that it was given. */
  readMemory: () => Promise<AgentMemory>;
  files: Pick<Files, "putRunFile">;
  clock: Clock;
  /** What the tightest spend cap leaves, without what this run has cost so far, in dollars; null where there is none. */
  findLeftUsd: () => Promise<number | null>;
  /** A run that it has called, as it stands. */
  readChild: (runId: string) => Promise<CalledRun>;
  /** How a command stands that a call has begun, without secrets. Throws where nobody can say. */
  readCommand: (callId: string) => Promise<CommandEnd | "running" | "gone">;
  /** Shows what its model is saying, to whoever watches the run. */
  showLive: ShowLive;
}

/** Beyond this a provider is not told how much may be written: it gives what its model can. */
const MOST_FORWARDED_TOKENS = 16_384;
const FIRST_POLL_MS = 300;
const LONGEST_POLL_MS = 15_000;
/** When a held call is looked at again, should nobody say that it was decided. */
const HELD_MS = 10 * 60_000;
/** So much longer than its own time a command is waited for. */
const COMMAND_GRACE_MS = 30_000;

type Reply<Kind extends ModelReply["kind"]> = ModelReply & { kind: Kind };

export class AgentEngine implements Program {
  readonly #deps: AgentDeps;
  #models: Promise<readonly AgentModel[] | string> | null = null;

  constructor(deps: AgentDeps) {
    this.#deps = deps;
  }

  async step(signal: AbortSignal): Promise<StepReport> {
    const { storage, agent, spec, clock } = this.#deps;
    const state = storage.load();
    if (state === null) return this.#begin();
    const left = storage.outputs();
    const lacking = spec.outputs.filter(({ name, required }) => required && !left.has(name));
    const move = decideNext({
      state,
      spec: { ...agent, timeout_seconds: spec.timeout_seconds },
      isFinished: storage.isFinished,
      lacking: lacking.map(({ name }) => name),
      now: clock(),
    });
    switch (move.kind) {
      case "ask":
        return this.#ask(state, { forced: move.forced, signal });
      case "call":
        return this.#call(state, move.call, signal);
      case "wait":
        return this.#wait(state);
      case "correct":
        return this.#correct(
          state,
          lacking.map(({ name }) => name),
        );
      case "finish":
        return this.#end(state, null);
      case "fail":
        return this.#end(state, move);
    }
  }

  async #begin(): Promise<StepReport> {
    const { spec, agent, storage, clock, contexts } = this.#deps;
    const now = clock();
    const fresh = newState(now);
    const instructions = await this.#deps.readEntry();
    if (instructions === null && !agent.has_no_entry) {
      return this.#end(fresh, {
        code: "invalid_worker",
        message: `There is no ${agent.entry} in the bundle.`,
      });
    }
    const models = await this.#openModels();
    if (typeof models === "string")
      return this.#end(fresh, { code: "llm_model_not_configured", message: models });
    const { system_prompt: systemPrompt } = agent;
    const memory = await this.#deps.readMemory();
    const said = { now, systemPrompt, outputs: spec.outputs, instructions, contexts, memory };
    const system = buildSystem(said);
    const [first] = models;
    const notice = first?.notice ?? `The agent's model is ${first?.name ?? "unknown"}.`;
    const isScripted = first?.notice !== null;
    return {
      entries: [
        tellLine(now, notice, { level: isScripted ? "warning" : "info" }),
        ...tellLacks(now, said, this.#deps),
      ],
      next: { kind: "again" },
      save: () => {
        storage.keepSystem(system);
        storage.keepMessage(0, { role: "user", text: buildUserMessage(spec) });
        storage.save({ ...fresh, messages: 1 });
      },
    };
  }

  async #ask(
    state: AgentState,
    { forced, signal }: { forced: boolean; signal: AbortSignal },
  ): Promise<StepReport> {
    const { storage, agent, gate, showLive } = this.#deps;
    const models = await this.#openModels();
    const model = typeof models === "string" ? undefined : models[state.model_at];
    if (typeof models === "string" || model === undefined) {
      const message =
        typeof models === "string" ? models : "The model that was asked is not configured any more.";
      return this.#end(state, { code: "llm_model_not_configured", message });
    }
    const leftUsd = await this.#deps.findLeftUsd();
    if (leftUsd !== null && state.cost_usd >= leftUsd) {
      const message = `The agent's models have cost $${state.cost_usd.toFixed(4)}, which is all that a spend cap leaves.`;
      return this.#end(state, { code: "spend_cap_exceeded", message });
    }
    const most = agent.max_output_tokens;
    const reply = await model.ask({
      system: storage.system,
      messages: trimMessages(storage.messages(), agent.max_total_tokens),
      tools: gate.tools().map(({ name, description, input_schema }) => ({ name, description, input_schema })),
      forced: forced ? FINISH : null,
      max_output_tokens: most <= MOST_FORWARDED_TOKENS ? most : null,
      asked: state.asked,
      signal,
      hear: (kind, soFar) => showLive(tellLive(state.turn + 1, kind, soFar)),
    });
    return reply.kind === "failed"
      ? this.#failed(state, reply, models)
      : this.#answered(state, { reply, model: model.name, forced });
  }

  #failed(
    state: AgentState,
    reply: Reply<"failed">,
    models: readonly AgentModel[],
  ): Promise<StepReport> | StepReport {
    const { clock, spec, storage } = this.#deps;
    const now = clock();
    const fallback = models[state.model_at + 1];
    const leftMs = state.started_at + state.held_ms + spec.timeout_seconds * 1000 - now;
    const verdict = judgeFailure(reply, {
      failures: state.failures,
      hasFallback: fallback !== undefined,
      leftMs,
    });
    const asked = state.asked + 1;
    if (verdict.kind === "fail") return this.#end({ ...state, asked }, reply);
    const told = `${reply.code}: ${reply.message}`;
    if (verdict.kind === "fallback") {
      const line = `${told} Now ${fallback?.name ?? "another model"} is asked.`;
      const next = { ...state, asked, failures: 0, model_at: state.model_at + 1 };
      return this.#goOn(next, [tellLine(now, line, { level: "warning" })]);
    }
    const line = `${told} Asked again in ${Math.ceil(verdict.in_ms / 1000)} s.`;
    const waiting = { ...state, asked, failures: state.failures + 1 };
    return {
      entries: [tellLine(now, line, { level: "warning" })],
      next: { kind: "at", at: now + verdict.in_ms },
      save: () => storage.save(waiting),
    };
  }

  #answered(
    state: AgentState,
    { reply, model, forced }: { reply: Reply<"answered">; model: string; forced: boolean },
  ): Promise<StepReport> | StepReport {
    const now = this.#deps.clock();
    const turn = state.turn + 1;
    const calls = listPending(reply.calls, turn);
    const parts: AssistantPart[] = [
      ...reply.parts,
      ...calls.map(({ id, tool, arguments: input }, at) => {
        const meta = reply.calls[at]?.meta;
        return { type: "call" as const, id, tool, input, ...(meta === undefined ? {} : { meta }) };
      }),
    ];
    const cost = costOf(model, reply.usage);
    const next: AgentState = {
      ...state,
      turn,
      asked: state.asked + 1,
      failures: 0,
      calls,
      called: 0,
      is_over: calls.length === 0,
      correction: forced ? "taken" : state.correction,
      input_tokens: state.input_tokens + reply.usage.input_tokens,
      output_tokens: state.output_tokens + reply.usage.output_tokens,
      cost_usd: state.cost_usd + (cost ?? 0),
      cost_is_partial: state.cost_is_partial || cost === null,
    };
    const entries = tellTurn(now, turn, parts);
    const end = judgeReply(reply);
    if (end !== null) return this.#end(next, end, entries);
    return this.#goOn(next, entries, parts.length === 0 ? null : { role: "assistant", parts });
  }

  async #call(before: AgentState, call: PendingCall, signal: AbortSignal): Promise<StepReport> {
    const state = { ...before, ...endHold(before, this.#deps.clock()) };
    if (call.fault !== null) return this.#result(state, call, { text: call.fault, isError: true });
    const { gate, clock, storage } = this.#deps;
    const { call_id, tool, arguments: given } = call;
    const reply = await gate.call({ call_id, tool, arguments: given }, signal);
    const now = clock();
    if (reply.kind === "held") return this.#held(before, call, reply);
    if (reply.kind === "later") return { entries: [], next: { kind: "at", at: reply.retry_at } };
    if (reply.kind === "denied" && tool === ASK && (reply.code === "rejected" || reply.code === "expired")) {
      return this.#result(state, call, {
        text: JSON.stringify({ ok: true, approved: false, reason: reply.message }),
        isError: false,
      });
    }
    if (reply.kind === "denied")
      return this.#result(state, call, { text: `${reply.code}: ${reply.message}`, isError: true });
    const { answer, edited } = reply;
    const untrusted = gate.tools().some(({ name, untrusted: is }) => name === tool && is);
    if (!answer.ok) {
      const detail =
        answer.content === undefined ? "" : `\n${markResult(answer.content, { untrusted, tool })}`;
      return this.#result(state, call, { text: `${answer.code}: ${answer.message}${detail}`, isError: true });
    }
    const child = tool === INVOKE ? unfinishedChild(answer.content) : null;
    if (child !== null) {
      return {
        entries: [tellLine(now, `invoke_worker waits for ${child}`)],
        next: { kind: "at", at: now + FIRST_POLL_MS },
        save: () => storage.save({ ...state, child: { run_id: child, polls: 0 } }),
      };
    }
    const seconds = tool === RUN_COMMAND ? startedSeconds(answer.content) : null;
    if (seconds !== null) {
      const command = { call_id, until: now + seconds * 1000 + COMMAND_GRACE_MS, polls: 0 };
      const waiting = { ...state, command };
      return {
        entries: [],
        next: { kind: "at", at: now + FIRST_POLL_MS },
        save: () => storage.save(waiting),
      };
    }
    const note = edited ? "A person has changed the arguments of this call before it was made.\n" : "";
    return this.#result(state, call, {
      text: note + markResult(answer.content, { untrusted, tool }),
      isError: false,
    });
  }

  /** A person is asked: the attempt is told of their word, and looks by itself now and then. */
  #held(state: AgentState, call: PendingCall, { approval_id }: GateReply & { kind: "held" }): StepReport {
    const { clock, storage } = this.#deps;
    const now = clock();
    const isNew = state.held_since === null;
    return {
      entries: isNew ? [tellPending(now, call, approval_id)] : [],
      next: { kind: "at", at: now + HELD_MS },
      save: () => storage.save({ ...state, held_since: state.held_since ?? now }),
    };
  }

  /** What a call has begun goes on without us: it is looked at again and again, ever more seldom. */
  async #wait(state: AgentState): Promise<StepReport> {
    const { readChild, readCommand, clock, storage } = this.#deps;
    const call = state.calls[state.called];
    const now = clock();
    const over = await lookAt(state, { readChild, readCommand, now });
    if (over !== null && call !== undefined)
      return this.#result({ ...state, child: null, command: null }, call, over);
    const { child, command } = state;
    const polls = (child ?? command)?.polls ?? 0;
    const wait = Math.min(LONGEST_POLL_MS, FIRST_POLL_MS * 1.5 ** (polls + 1));
    const next = {
      ...state,
      child: child && { ...child, polls: polls + 1 },
      command: command && { ...command, polls: polls + 1 },
    };
    return { entries: [], next: { kind: "at", at: now + wait }, save: () => storage.save(next) };
  }

  /** What a call has come to, as the model reads it next. */
  async #result(
    state: AgentState,
    call: PendingCall,
    { text, isError }: { text: string; isError: boolean },
  ): Promise<StepReport> {
    const now = this.#deps.clock();
    const digest = await sha256Hex(`${call.tool} ${JSON.stringify(call.arguments)}`);
    const repeats = digest === state.last_call ? state.repeats + 1 : 1;
    const remark =
      repeats < REPEATS_REMARKED
        ? ""
        : `\n[remark: this was the same call with the same arguments ${repeats} times in a row; do something else, or finish]`;
    const { id, tool } = call;
    const next = { ...state, called: state.called + 1, last_call: digest, repeats };
    const message: AgentMessage = { role: "tool", id, tool, text: text + remark, is_error: isError };
    const own = tool === "log" && !isError ? tellOwn(now, call.arguments) : null;
    const result = tellResult(now, call, { text, isError });
    return this.#goOn(next, own === null ? [result] : [own, result], message);
  }

  #correct(state: AgentState, lacking: readonly string[]): StepReport {
    const message: AgentMessage = { role: "user", text: buildCorrection(lacking) };
    const line = "The agent stopped without its outputs, and is told once to hand them over.";
    const next: AgentState = { ...state, is_over: false, correction: "due" };
    return this.#goOn(next, [tellLine(this.#deps.clock(), line, { level: "warning" })], message);
  }

  #goOn(state: AgentState, entries: JournalEntry[], message: AgentMessage | null = null): StepReport {
    const { storage } = this.#deps;
    return {
      entries,
      next: { kind: "again" },
      save: () => {
        if (message !== null) storage.keepMessage(state.messages, message);
        storage.save({ ...state, messages: state.messages + (message === null ? 0 : 1) });
      },
    };
  }

  async #end(
    state: AgentState,
    failure: { code: string; message: string } | null,
    before: JournalEntry[] = [],
  ): Promise<StepReport> {
    const { gate, storage, spec, clock, files } = this.#deps;
    await gate.tellRest();
    const now = clock();
    const known = await this.#openModels();
    const models =
      typeof known === "string" ? [] : known.slice(0, state.model_at + 1).map(({ name }) => name);
    const left = await leaveAll({ runId: spec.run_id, state, storage, files, models, failure, now });
    const entries = [...before, ...left];
    return { entries, next: { kind: "ended" } };
  }

  #openModels(): Promise<readonly AgentModel[] | string> {
    this.#models ??= this.#deps.openModels();
    return this.#models;
  }
}

function endHold({ held_since: since, held_ms: ms }: AgentState, now: number) {
  return { held_since: null, held_ms: since === null ? ms : ms + Math.max(0, now - since) };
}

function unfinishedChild(content: Json): string | null {
  if (typeof content !== "object" || content === null || Array.isArray(content)) return null;
  const { run_id, status } = content;
  return typeof run_id === "string" && typeof status === "string" && !ENDED.has(status) ? run_id : null;
}
