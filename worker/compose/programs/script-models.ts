import type { RunPrincipal } from "#contract/access/access";
import { limits } from "#contract/limits";
import { openEmbeddingModel, scriptedEmbedding } from "../../agents/models/embed-driver.ts";
import type { AgentModel, EmbeddingModel } from "../../agents/models/model-api.ts";
import type { ModelKeys } from "#contract/agents/model-keys";
import { openProviderModel } from "../../agents/models/provider-driver.ts";
import { openScriptedModel, readScript, SCRIPT_PATH } from "../../agents/models/scripted-model.ts";
import { unpackBundle } from "../../registry/unpack-bundle.ts";
import { findStoredSettings } from "../../retention/store.ts";
import type { RunSpec } from "../../runs/spec/run-spec.ts";
import { spenderOf } from "../../runs/spec/spender.ts";
import type { AskingRun, ScriptModelDeps } from "../../script-models/service.ts";
import { echoModel } from "../../script-models/echo-model.ts";
import type { Host } from "../host.ts";
import { spendPort } from "../run-deps.ts";
import { chooseModels } from "./open-models.ts";

/** For a script that asks models. */
export function scriptModelDeps(host: Host): ScriptModelDeps {
  return {
    findRun: (principal) => findRun(host, principal),
    newSignal: () => AbortSignal.timeout(limits.script_model_seconds.value * 1000),
  };
}

async function findRun(host: Host, { id, attempt, launch }: RunPrincipal): Promise<AskingRun | null> {
  const run = host.run(id);
  const from = { attempt, launch };
  const [writer, spec] = await Promise.all([run.findWriter(from), run.readSpec()]);
  if (writer === null || spec === null) return null;
  return {
    workspace_id: writer.workspace_id,
    permit: writer.permit,
    dry: spec.dry,
    findLeft: () => spendPort(host).findLeft(spenderOf(spec)),
    charge: (nano_usd, most) => run.charge(from, { nano_usd, most }),
    openModels: (model) => openModels(host, spec, model),
    openEmbedding: (model) => openEmbedding(host, spec, model),
  };
}

async function openModels(
  host: Host,
  spec: RunSpec,
  model: string | null,
): Promise<readonly AgentModel[] | string> {
  const set = model === null ? await findStoredSettings(host.db, spec.workspace_id) : null;
  const wish = { model: model ?? set?.default_model ?? null, fallback_model: set?.fallback_model ?? null };
  const { choice, dial } = await chooseModels(host, spec.workspace_id, wish);
  if (choice.kind === "none") return choice.message;
  if (choice.kind === "scripted") return [await openScripted(host, spec, choice.reason)];
  return choice.places.map((place) => openProviderModel(place, { clock: host.clock, dial }));
}

/** What the bundle's file says, turn by turn of a conversation; without one, what was asked. */
async function openScripted(
  { files }: Host,
  { bundle_digest: digest, inputs }: RunSpec,
  reason: string,
): Promise<AgentModel> {
  const bundle = await files.getBundle(digest);
  const file =
    bundle === null
      ? undefined
      : (await unpackBundle(await bundle.bytes())).files.find(({ path }) => path === SCRIPT_PATH);
  if (file === undefined) return echoModel;
  return openScriptedModel(readScript(new TextDecoder().decode(await file.read())), { inputs, reason });
}

async function openEmbedding(
  host: Host,
  { workspace_id: workspaceId }: RunSpec,
  model: string | null,
): Promise<EmbeddingModel | string> {
  const { choice, dial } = await chooseModels(host, workspaceId, (keys) => model ?? usualEmbedding(keys));
  if (choice.kind === "none") return choice.message;
  if (choice.kind === "scripted") return scriptedEmbedding;
  const [place] = choice.places;
  if (place.provider === "anthropic")
    return "Anthropic has no models that make vectors: name another one, e.g. openai/text-embedding-3-small.";
  return openEmbeddingModel(place, { clock: host.clock, dial });
}

/** What is asked where nobody has named a model. */
function usualEmbedding(keys: ModelKeys): string | null {
  if (keys.OPENAI_API_KEY || keys.OPENAI_BASE_URL) return "openai/text-embedding-3-small";
  return keys.GOOGLE_GENERATIVE_AI_API_KEY ? "google/gemini-embedding-001" : null;
}
