import type { AuthoredField } from "#contract/manifest/exec-keys";
import type { AuthoredManifest } from "#contract/manifest/keys";
import { storedCouncilSchema } from "#contract/councils/council";
import type { StoredCouncil } from "#contract/councils/council";

const TOPIC: AuthoredField = {
  name: "topic",
  type: "text",
  label: "Topic",
  description: "What is discussed.",
  required: true,
};

/** What every council gives. */
const OUTPUTS: AuthoredField[] = [
  { name: "synthesis", type: "text", label: "What came out", required: true },
  { name: "converged", type: "boolean", label: "They agree", required: true },
  { name: "agreement", type: "number", label: "How far they agree, from 0 to 1" },
  { name: "rounds", type: "integer", label: "Rounds", required: true },
  { name: "ended_by", type: "string", label: "Ended by", required: true },
  { name: "transcript", type: "json", label: "Transcript", required: true },
];

/** A council's manifest with the input that each has, unless it says one, and the outputs that each has. Pure. */
export function withCouncilFields(authored: AuthoredManifest): AuthoredManifest {
  const { exec } = authored;
  if (exec.mode !== "council") return authored;
  return { ...authored, exec: { ...exec, inputs: exec.inputs ?? [TOPIC], outputs: OUTPUTS } };
}

/** The workers that a council has runs of, each once. Pure. */
export function workersOfCouncil(council: AuthoredManifest["council"]): string[] {
  if (council === undefined) return [];
  const { members, convergence, synthesis } = council;
  const all = [...members.map(({ worker }) => worker), convergence?.worker, synthesis];
  return [...new Set(all.flatMap((name) => name ?? []))];
}

/** How many runs a council may start at most. Pure. */
export function countRuns({
  members,
  rounds = 4,
  convergence,
  synthesis,
}: NonNullable<AuthoredManifest["council"]>): number {
  const ofRound =
    members.filter(({ worker }) => worker !== undefined).length + (convergence?.method === "judge" ? 1 : 0);
  return ofRound * rounds + (synthesis === undefined ? 0 : 1);
}

/** A council as it is stored, every default filled in; null for a worker that is none. Pure. */
export function buildCouncil({ council }: AuthoredManifest): StoredCouncil | null {
  if (council === undefined) return null;
  const names = council.members.map(({ name }) => name);
  const { method = "none", threshold = 0.8, worker: judge } = council.convergence ?? {};
  return storedCouncilSchema.parse({
    protocol: council.protocol ?? "round_robin",
    rounds: council.rounds ?? 4,
    members: council.members.map(({ name, worker, role, sees = ["all"], contexts }) => ({
      name,
      ...(worker === undefined ? {} : { worker }),
      role: role ?? "",
      sees: (sees.includes("all") ? names : sees).filter((other) => other !== name),
      ...(contexts === undefined ? {} : { contexts }),
    })),
    convergence: { method, threshold, ...(judge === undefined ? {} : { worker: judge }) },
    ...(council.synthesis === undefined ? {} : { synthesis: council.synthesis }),
  });
}
