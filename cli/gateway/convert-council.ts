import { stringify } from "yaml";
import { limits } from "#contract/limits";
import { limitsOf } from "./limits-of.ts";
import type { Converted, Tools } from "./convert-worker.ts";
import type { KnownWorkers } from "./convert-pipeline.ts";
import { stageNameOf, workerNameOf } from "./names.ts";
import type { EntryDraft, WorkerFolder } from "./report.ts";
import { listOf, mapOf, numberOf, textOf, textsOf } from "./yaml-source.ts";
import type { YamlMap, YamlSource } from "./yaml-source.ts";

const PROTOCOLS: Readonly<Record<string, string>> = {
  round_robin: "round_robin",
  structured_debate: "debate",
  delphi: "delphi",
};
const METHODS: Readonly<Record<string, string>> = {
  none: "none",
  position_stability: "position_stability",
  llm_judge: "judge",
};
const KNOWN = [
  "name",
  "description",
  "protocol",
  "max_rounds",
  "timeout_seconds",
  "convergence",
  "agents",
  "facilitator",
];
const KNOWN_OF_AGENT = [
  "name",
  "worker_type",
  "bridge",
  "bridge_config",
  "tier",
  "role",
  "sees_transcript_from",
  "max_tokens_per_turn",
];

/** A council becomes one; its chat bridges, its judge and its facilitator become agents of their own. */
export function convertCouncil(
  source: YamlSource,
  { draft, tools, known }: { draft: EntryDraft; tools: Tools; known: KnownWorkers },
): Converted {
  const { value } = source;
  const refuse = (reason: string): Converted => ({ entry: draft.refuse(reason), folders: [] });
  const worker = workerNameOf(textOf(value["name"]) ?? "");
  if (worker === null) return refuse("It has no name that a worker may be called.");
  const protocol = PROTOCOLS[textOf(value["protocol"]) ?? "round_robin"];
  if (protocol === undefined)
    return refuse(`Nobody knows the protocol on line ${source.lineOf(["protocol"])}.`);
  const convergence = mapOf(value["convergence"]);
  const method = METHODS[textOf(convergence["method"]) ?? "none"];
  if (method === undefined)
    return refuse(`Nobody knows the method on line ${source.lineOf(["convergence", "method"])}.`);
  const agents = listOf(value["agents"]).map(mapOf);
  if (agents.length < 2) return refuse("A council has two agents or more.");
  draft.leaveUnknown(source, { at: [], value, known: KNOWN });
  const folders: WorkerFolder[] = [];
  const make = (suffix: string, of: Omit<AgentWish, "name">): string => {
    const name = workerNameOf(`${worker}-${suffix}`) ?? worker;
    folders.push(buildAgent({ ...of, name }));
    return name;
  };
  const members = agents.map((agent, at) => readAgent({ agent, at, source, draft, tools, known, make }));
  const fault = members.find((member) => typeof member === "string");
  if (typeof fault === "string") return refuse(fault);
  const facilitator = mapOf(value["facilitator"]);
  const model = tools.models[textOf(facilitator["tier"]) ?? "standard"];
  if (facilitator["convergence_prompt"] !== undefined)
    draft.leave(source, ["facilitator", "convergence_prompt"], "It was never read.");
  const rounds = Math.min(
    limits.council_rounds.value,
    Math.max(1, Math.floor(numberOf(value["max_rounds"]) ?? 4)),
  );
  const manifest = {
    schema_version: "0.3",
    name: worker,
    title: (textOf(value["name"]) ?? worker).slice(0, 120),
    ...(textOf(value["description"]) === undefined ? {} : { description: value["description"] }),
    version: "0.1.0",
    exec: { mode: "council" },
    council: {
      protocol,
      rounds,
      members,
      convergence: {
        method,
        threshold: numberOf(convergence["threshold"]) ?? 0.8,
        ...(method === "judge"
          ? { worker: make("judge", { gives: "agreement", prompt: JUDGE, model }) }
          : {}),
      },
      synthesis: make("synthesis", {
        gives: "synthesis",
        prompt:
          textOf(facilitator["synthesis_prompt"]) ?? "Read `transcript` and write down what came out of it.",
        model,
      }),
    },
    limits: limitsOf({ timeout_seconds: numberOf(value["timeout_seconds"]) ?? 600 }),
  };
  folders.push({ worker, files: [{ path: "worker.yml", text: stringify(manifest) }] });
  return { entry: draft.convert(worker, []), folders };
}

const JUDGE =
  "Read `transcript` and judge how far the participants agree by now: 0 where they hold opposite views, 1 where they hold the same.";

interface AgentToRead {
  agent: YamlMap;
  at: number;
  source: YamlSource;
  draft: EntryDraft;
  tools: Tools;
  known: KnownWorkers;
  make: (suffix: string, of: Omit<AgentWish, "name">) => string;
}

/** A member of worker.yml; a text is why the council cannot be converted. */
function readAgent({ agent, at, source, draft, tools, known, make }: AgentToRead): YamlMap | string {
  const written = textOf(agent["name"]);
  const line = source.lineOf(["agents", at]);
  if (written === undefined) return `The agent on line ${line} has no name.`;
  const name = stageNameOf(written);
  const type = textOf(agent["worker_type"]);
  const bridge = textOf(agent["bridge"]);
  if ((type === undefined) === (bridge === undefined))
    return `The agent ${written} on line ${line} has not exactly one of worker_type and bridge.`;
  draft.leaveUnknown(source, { at: ["agents", at], value: agent, known: KNOWN_OF_AGENT });
  const role = textOf(agent["role"]) ?? "";
  const seen = textsOf(agent["sees_transcript_from"]);
  const sees = seen.length === 0 || seen.includes("all") ? {} : { sees: seen.map(stageNameOf) };
  const common = { name, ...(role === "" ? {} : { role }), ...sees };
  if (bridge !== undefined && /manual/i.test(bridge)) return { ...common, human: true };
  if (type !== undefined) {
    const worker = known.workerOf(type) ?? workerNameOf(type);
    if (worker === null)
      return `The agent ${written} on line ${line} names the worker ${type}, which cannot be one.`;
    draft.next.push(
      `${worker} has to declare the inputs topic and transcript, and give statement, to speak as ${name}.`,
    );
    return { ...common, worker };
  }
  if (agent["bridge_config"] !== undefined) {
    draft.leave(
      source,
      ["agents", at, "bridge_config"],
      "Models are asked by the workspace's own keys; name one in the agent's worker.yml.",
    );
  }
  const prompt = `You are ${written} in a discussion of \`topic\`. ${role}\n\nRead \`transcript\`, and \`interventions\` from people who listen. Say what you hold, and why.`;
  const model = tools.models[textOf(agent["tier"]) ?? "standard"];
  const tokens = numberOf(agent["max_tokens_per_turn"]);
  return {
    ...common,
    worker: make(name.replaceAll("_", "-"), { gives: "statement", prompt, model, tokens }),
  };
}

interface AgentWish {
  name: string;
  gives: "statement" | "agreement" | "synthesis";
  prompt: string;
  model: string | undefined;
  tokens?: number | undefined;
}

function buildAgent({ name, gives, prompt, model, tokens }: AgentWish): WorkerFolder {
  const text = (input: string, more: YamlMap = {}): YamlMap => ({ name: input, type: "text", ...more });
  const manifest = {
    schema_version: "0.3",
    name,
    title: name,
    version: "0.1.0",
    ...(model === undefined ? {} : { model }),
    exec: {
      entry: "SKILL.md",
      runtime: "skill",
      inputs: [text("topic", { required: true }), text("role"), text("transcript"), text("interventions")],
      outputs: [
        gives === "agreement"
          ? { name: gives, type: "number", required: true, bounds: { minimum: 0, maximum: 1 } }
          : text(gives, { required: true }),
      ],
    },
    limits: limitsOf({ timeout_seconds: 120, max_output_tokens: tokens }),
  };
  return {
    worker: name,
    files: [
      { path: "worker.yml", text: stringify(manifest) },
      { path: "SKILL.md", text: `${prompt.trim()}\n\nHand over \`${gives}\`.\n` },
    ],
  };
}
