import type { McpCaller } from "../caller.ts";
import { unlessRefused } from "../resources/list-resources.ts";
import { logUri, runUri } from "../resources/resource-uri.ts";
import { workspaceResources } from "../resources/workspace-resources.ts";
import { listChoices } from "./complete.ts";
import { buildDebugging, buildWriting, DEBUG_A_RUN, WRITE_A_WORKER } from "./platform-prompts.ts";
import type { PromptDescriptor, PromptSource, PromptText } from "./prompt-source.ts";
import { buildWorkerPrompt, listWorkerPrompts } from "./worker-prompts.ts";
import type { WorkerPrompt } from "./worker-prompts.ts";

const PAGE_ITEMS = 100;
/** So much of the end of a log is put before a model. */
const LOG_CHARACTERS = 50_000;
const placeForm = /^at:([0-9]{1,9})$/;

/** What the platform itself has; a worker's own address has its worker's alone. */
const own = ({ wish }: McpCaller): PromptDescriptor[] =>
  wish.worker === null ? [DEBUG_A_RUN, WRITE_A_WORKER] : [];

/** The agents of a workspace, and how workers are written and mended. */
export const workspacePrompts: PromptSource = {
  list: async (caller, cursor) => {
    const [, place] = placeForm.exec(cursor ?? "at:0") ?? [];
    if (place === undefined) return null;
    const from = Number(place);
    const all = [...own(caller), ...(await listWorkerPrompts(caller)).map(({ prompt }) => prompt)];
    const prompts = all.slice(from, from + PAGE_ITEMS);
    return all.length > from + PAGE_ITEMS ? { prompts, nextCursor: `at:${from + PAGE_ITEMS}` } : { prompts };
  },
  get: async (caller, { name, args }) => {
    const isOwn = own(caller).find((one) => one.name === name);
    const found = isOwn
      ? undefined
      : (await listWorkerPrompts(caller)).find(({ prompt }) => prompt.name === name);
    const prompt = isOwn ?? found?.prompt;
    if (prompt === undefined) return null;
    const missing = prompt.arguments.filter((one) => one.required && (args[one.name] ?? "") === "");
    if (missing.length > 0) return { kind: "missing", names: missing.map((one) => one.name) };
    const text = await buildText(caller, { name, args, found });
    return text && { kind: "text", text };
  },
  complete: async (caller, wish) => {
    const begun = wish.value.toLowerCase();
    return (await listChoices(caller, wish)).filter((one) => one.toLowerCase().startsWith(begun));
  },
};

function buildText(
  caller: McpCaller,
  {
    name,
    args,
    found,
  }: { name: string; args: Readonly<Record<string, string>>; found: WorkerPrompt | undefined },
): Promise<PromptText | null> {
  if (found !== undefined) return unlessRefused(buildWorkerPrompt(caller, found, args));
  return name === WRITE_A_WORKER.name
    ? Promise.resolve(buildWriting(args))
    : debugRun(caller, args["run"] ?? "");
}

async function debugRun(caller: McpCaller, run: string): Promise<PromptText | null> {
  const told = await Promise.all(
    [runUri(run), logUri(run)].map((uri) => workspaceResources.read(caller, uri)),
  );
  const parts = told.flatMap((one) =>
    one !== null && "text" in one
      ? [{ uri: one.uri, mimeType: one.mimeType, text: String(one.text).slice(-LOG_CHARACTERS) }]
      : [],
  );
  return parts.length === 0 ? null : buildDebugging(run, parts);
}
