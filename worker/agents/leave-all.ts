import type { JournalEntry } from "#contract/runner/runner";
import { sha256Hex } from "../platform/crypto.ts";
import type { Files } from "../platform/files.ts";
import type { AgentState, AgentStorage } from "./agent-storage.ts";
import { buildResult, tellFinish } from "./tell.ts";
import { buildTranscript, TRANSCRIPT_PATH } from "./transcript.ts";

/** How an agent ends, and from what its last entries are made. */
export interface AgentEnd {
  runId: string;
  state: AgentState;
  storage: AgentStorage;
  files: Pick<Files, "putRunFile">;
  /** Names of the models that were asked. */
  models: readonly string[];
  failure: { code: string; message: string } | null;
  now: number;
}

/** The last entries of an agent's journal: its files, the record of what was said, and its result. Storage has all of them before. */
export async function leaveAll(end: AgentEnd): Promise<JournalEntry[]> {
  const { runId, state, storage, files: shelf, models, failure, now } = end;
  const left = [...storage.outputs()];
  const outputs = Object.fromEntries(left.map(([name, { value }]) => [name, value]));
  const transcript = buildTranscript({ messages: storage.messages(), state, models, finalOutput: outputs });
  const bytes = new TextEncoder().encode(transcript);
  const sha256 = await sha256Hex(bytes);
  await shelf.putRunFile({ runId, sha256 }, bytes);
  const files = left.flatMap(([name, { file }]): JournalEntry[] =>
    file === null ? [] : [{ type: "file", at: now, kind: "output", name, pins: [], ...file }],
  );
  const record: JournalEntry = {
    type: "file",
    at: now,
    kind: "artifact",
    name: "transcript.jsonl",
    path: TRANSCRIPT_PATH,
    media_type: "application/x-ndjson",
    size_bytes: bytes.byteLength,
    sha256,
    pins: [],
  };
  const result = buildResult(now, {
    startedAt: state.started_at,
    outputs,
    failure,
    costUsd: state.cost_usd,
    tokens: state.input_tokens + state.output_tokens,
  });
  return [...files, record, tellFinish(now, state), result];
}
