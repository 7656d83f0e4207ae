import type { CouncilRecord } from "#contract/councils/council";
import type { Json } from "#contract/json";
import type { PlanState } from "#contract/pipelines/stage";
import type { ScriptConnection } from "#contract/script-tools/script-call";
import type { ToolCall } from "#contract/tool-calls/tool-call";
import type { AttemptContext } from "../runs/lifecycle/run-state.ts";
import type { RunSpec } from "../runs/spec/run-spec.ts";
import type { GateReply, ToolAnswer } from "../tools/gate-api.ts";

/** What an attempt of the edge is to carry out. */
export interface AttemptOrder {
  spec: RunSpec;
  attempt: number;
  contexts: readonly AttemptContext[];
}

/** A part of the journal. `isAlive`: the program has not ended. */
export interface AttemptJournal {
  bytes: Uint8Array;
  isAlive: boolean;
}

/** Calls of an attempt with a higher number than `after`, at most so many. */
export interface CallsAfter {
  after: number;
  limit: number;
}

/** Which tool a script means: of a connection by the name that worker.yml says, or an app's, which is found by the tool's name. */
export type ToolPlace = { connection: string; tool: string } | { app_tool: string; account: string | null };

/** Whose call it is: the token's run, attempt and launch. */
export interface ScriptOf {
  run_id: string;
  attempt: number;
  launch: number;
}

/** A call that a script wants to make. Without an id it is a call of its own, or the equal one that people are asked about. */
export interface ScriptWish {
  call_id: string | null;
  place: ToolPlace;
  arguments: Json;
}

/** What became of a script's call: its id and the tool's full name, as the record has them. */
export interface ScriptReply {
  call_id: string;
  tool: string;
  reply: GateReply;
}

/** The remote calls of an AttemptObject, which is to its run what a sandbox with a runner is. All may be repeated. */
export interface AttemptApi {
  /** Binds the attempt to the try that asks first; answers the number of the one that it is bound to. */
  bind(launch: number): Promise<number>;
  /** Begins. False where it was stopped before: then it never will. */
  begin(order: AttemptOrder): Promise<boolean>;
  /** Null where there is no such attempt. */
  readJournal(offset: number, maxBytes: number): Promise<AttemptJournal | null>;
  /**
   * Ends it: from then on no further step begins, and whatever one that is under way answers goes nowhere. Answers whether it may
   * have a sandbox, which has to be killed then.
   */
  stop(): Promise<boolean>;
  /** What it waits for may have come. */
  wake(): Promise<void>;
  /** Makes a call for the script in the attempt's sandbox; null where its worker declares nothing to call. */
  callForScript(of: ScriptOf, wish: ScriptWish): Promise<ScriptReply | null>;
  /** What that script may call; null where its worker declares nothing. */
  listForScript(of: ScriptOf): Promise<ScriptConnection[] | null>;
  /** The calls that it has wanted to make; none where there is no such attempt. */
  listCalls(range: CallsAfter): Promise<ToolCall[]>;
  /** What a call was answered, by the digest of its tool and arguments; null where it made none such. */
  findAnswer(digest: string): Promise<ToolAnswer | null>;
  /** The council that it holds, as it is now; null where it holds none, or has not begun. */
  readCouncil(): Promise<CouncilRecord | null>;
  /** The plan that its pipeline carries out; null where it has none. */
  readPlan(): Promise<PlanState | null>;
  /** Deletes all of it. */
  forget(): Promise<void>;
}
