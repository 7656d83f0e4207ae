import { actionsOf } from "#contract/actions/actions-of";
import type { Manifest, ManifestFinding } from "#contract/manifest/manifest";
import { checkToolNames } from "./mcp-manifest/rules-tools.ts";
import type { BundleProblem } from "./bundle/bundle-file.ts";
import { isOfFunctions, readFunctions } from "./functions/read-functions.ts";
import type { FunctionsReading } from "./functions/read-functions.ts";
import { fromAgent } from "./http-manifest/from-agent.ts";
import { checkFlow } from "./pipeline-manifest/check-flow.ts";
import { checkPipeline } from "./pipeline-manifest/rules-pipeline.ts";
import { fromStages } from "./pipeline-manifest/from-stages.ts";
import { withCouncilFields } from "./council/build-council.ts";
import { checkCouncil } from "./council-manifest/rules-council.ts";
import { checkQuery } from "./query-manifest/rules-query.ts";
import { checkHttp } from "./http-manifest/rules-http.ts";
import { setVariables } from "./http/set-variables.ts";
import { buildFields, buildManifest } from "./manifest/build-manifest.ts";
import { checkShape } from "./manifest/check-shape.ts";
import { fromLegacy, isCurrentSchema, markCurrent } from "./manifest/legacy.ts";
import { normalize } from "./manifest/normalize.ts";
import { readYaml } from "./manifest/read-yaml.ts";
import { createReport } from "./manifest/report.ts";
import type { Report } from "./manifest/report.ts";
import { checkAbsent } from "./manifest/rules-absent.ts";
import { checkConnections, checkNetwork } from "./manifest/rules-connections.ts";
import { checkEntrypoint, checkExec } from "./manifest/rules-exec.ts";
import { checkExample } from "./manifest/rules-example.ts";
import { checkFields } from "./manifest/rules-fields.ts";
import { checkFileRules } from "./manifest/rules-files.ts";
import { checkPaths } from "./manifest/rules-paths.ts";
import type { KnownFiles } from "./manifest/rules-paths.ts";
import { checkPolicy } from "./manifest/rules-policy.ts";
import { checkStarts, checkTriggers } from "./manifest/rules-triggers.ts";
import { checkTrust } from "./manifest/rules-trust.ts";
import { isBlank, nodeAt, placeAlong, placeOf } from "./manifest/yaml-node.ts";
import type { MapNode, Place, YamlNode } from "./manifest/yaml-node.ts";

export interface ParsedManifest {
  /** Complete, every default filled in; null when there is an error. */
  manifest: Manifest | null;
  /** All errors and warnings at once, in the order of the file. */
  findings: ManifestFinding[];
  /** Where the worker names a template of its workspace; null where it does not. */
  templatePlace: Place | null;
  /** Where the worker declares the first of its secrets; null where it does not. */
  secretsPlace: Place | null;
  /** Where the worker mounts contexts; null where it does not. */
  contextsPlace: Place | null;
  connectionsPlace: Place | null;
  /** Where the value at a path is written; of what is not, where the nearest of the things around it is. */
  placeAt: (path: readonly (string | number)[]) => Place;
  /** What worker.yml leaves open and a workspace may decide. */
  unsaid: { timeout: boolean; approval: boolean };
  /** Why functions of the entry cannot be actions as they are written. */
  functionProblems: BundleProblem[];
}

export interface ParseManifestOptions {
  /** The files of the bundle; with them the entry must be among them. */
  paths?: ReadonlySet<string>;
  /** Values that a workspace sets for variables, by `worker.variable`. */
  variables?: Readonly<Record<string, string>>;
  /** Its Python files by path: with them the functions of an entry become its actions. */
  sources?: ReadonlyMap<string, string>;
}

/** Of a worker of which nothing could be read. */
export const noPlaces = {
  templatePlace: null,
  secretsPlace: null,
  contextsPlace: null,
  connectionsPlace: null,
  placeAt: () => ({ pointer: "", line: 1, column: 1 }),
  unsaid: { timeout: false, approval: false },
  functionProblems: [],
};

/**
 * Reads worker.yml: schema 0.3 strictly, other files leniently as Floom's older shape. Rules: Floom's manifest 0.3 and
 * what is seen in the wild; unknown keys are errors with a suggestion, nothing is dropped in silence.
 */
export function parseManifest(source: string, options: ParseManifestOptions = {}): ParsedManifest {
  const report = createReport();
  const root = readYaml(source, report);
  if (root === null) return { manifest: null, findings: report.list(), ...noPlaces };

  const written = bringToCurrent(root, report);
  const canonical = normalize(written, report);
  const set = setVariables(checkShape(canonical, report), options.variables ?? {});
  const authored = set && withCouncilFields(set);
  const fields = authored === null ? null : buildFields(authored.exec);
  if (authored !== null) {
    checkHttp({ authored, root: canonical, report });
    checkPipeline({ authored, root: canonical, report });
    checkQuery({ authored, root: canonical, paths: options.paths, report });
    checkCouncil({ authored, root: canonical, report });
  }
  checkRules(canonical, { bundle: options.paths, fields }, report);
  const built = authored === null || report.hasErrors() ? null : buildManifest(authored, options.paths);
  const functions = built && findFunctions(built, canonical, options.sources);
  const manifest = functions ? withFunctions(built, functions) : built;
  if (manifest !== null) {
    checkEntrypoint(manifest, written, report);
    checkFileRules(manifest, canonical, report);
    checkStarts(manifest, canonical, report);
    checkToolNames(manifest, canonical, report);
    checkExample(manifest, canonical, report);
    checkAbsent(manifest, canonical, report);
    checkOwnFlow(manifest, canonical, report);
  }
  const { problems = [], warnings = [] } = functions ?? {};
  return {
    manifest: report.hasErrors() || problems.length > 0 ? null : manifest,
    findings: [...report.list(), ...warnings],
    functionProblems: problems,
    unsaid: {
      timeout:
        isBlank(nodeAt(canonical, "limits", "timeout_seconds")) &&
        isBlank(nodeAt(canonical, "runtime", "max_execution_time")),
      approval: isBlank(nodeAt(canonical, "approvals", "required")),
    },
    placeAt: (path) => placeAlong(canonical, asWritten(canonical, path)),
    ...findPlaces(canonical, manifest),
  };
}

/** The one stage that makes a plan is written as `plan`. */
function asWritten(root: MapNode, path: readonly (string | number)[]): readonly (string | number)[] {
  if (!root.entries.has("plan") || path[0] !== "stages") return path;
  return ["plan", ...path.slice(2).map((step) => (step === "worker" ? "planner" : step))];
}

/** What can be said of a pipeline by itself: of its workers nothing is known here. */
function checkOwnFlow(manifest: Manifest, root: MapNode, report: Report): void {
  const { pipeline } = manifest;
  const [own] = actionsOf(manifest);
  if (pipeline === undefined || own === undefined) return;
  const placeAt = (path: readonly (string | number)[]) => placeAlong(root, asWritten(root, path));
  checkFlow({ pipeline, input_schema: own.input_schema, targets: new Map(), placeAt, report });
}

/** The file as schema 0.3 would have it, whichever of the shapes it has. */
function bringToCurrent(root: MapNode, report: Report): MapNode {
  if (root.entries.get("agent")?.value.kind === "map") return fromAgent(root, report);
  if (root.entries.has("pipeline_stages")) return fromStages(root, report);
  return isCurrentSchema(root, report) ? markCurrent(root) : fromLegacy(root, report);
}

function findPlaces(root: MapNode, manifest: Manifest | null) {
  const place = (node: YamlNode | undefined) => (node === undefined ? null : placeOf(node));
  const written = nodeAt(root, "exec", "secrets") ?? nodeAt(root, "capabilities", "secrets");
  // The code of functions declares its secrets by itself.
  const read = manifest?.exec.mode === "functions" ? nodeAt(root, "exec") : undefined;
  return {
    templatePlace: place(nodeAt(root, "exec", "template_profile")),
    secretsPlace: place(written ?? read),
    contextsPlace: place(nodeAt(root, "contexts")),
    connectionsPlace: place(nodeAt(root, "connections") ?? nodeAt(root, "capabilities", "connections")),
  };
}

/** What the entry's functions are; null for a worker that is none of functions. */
function findFunctions(
  { exec }: Manifest,
  root: MapNode,
  sources: ParseManifestOptions["sources"],
): FunctionsReading | null {
  if (sources === undefined) return null;
  const saysElse = ["mode", "command", "inputs", "outputs"].some(
    (key) => !isBlank(nodeAt(root, "exec", key)),
  );
  const isMeant = exec.mode === "functions" || (!saysElse && isOfFunctions(sources, exec.entry));
  return isMeant ? readFunctions(sources, exec.entry) : null;
}

/** What the code reads is declared by it: a secret is named once. */
function withFunctions(manifest: Manifest, { actions, secrets }: FunctionsReading): Manifest {
  const { exec } = manifest;
  const all = [...new Set([...exec.secrets, ...secrets])];
  return { ...manifest, actions, exec: { ...exec, mode: "functions", secrets: all } };
}

function checkRules(root: MapNode, known: KnownFiles, report: Report): void {
  checkExec(root, known.bundle, report);
  checkFields(root, report);
  checkPaths(root, known, report);
  checkNetwork(root, report);
  checkTriggers(root, report);
  checkConnections(root, report);
  checkPolicy(root, report);
  checkTrust(root, report);
}
