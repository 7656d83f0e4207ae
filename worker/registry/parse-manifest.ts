import type { Manifest, ManifestFinding } from "#contract/manifest/manifest";
import { buildFields, buildManifest } from "./manifest/build-manifest.ts";
import { checkShape } from "./manifest/check-shape.ts";
import { fromLegacy, isCurrentSchema, markCurrent } from "./manifest/legacy.ts";
import { normalize } from "./manifest/normalize.ts";
import { readYaml } from "./manifest/read-yaml.ts";
import { createReport } from "./manifest/report.ts";
import type { Report } from "./manifest/report.ts";
import { checkAbsent } from "./manifest/rules-absent.ts";
import { checkConnections } from "./manifest/rules-connections.ts";
import { checkEntrypoint, checkExec } from "./manifest/rules-exec.ts";
import { checkExample } from "./manifest/rules-example.ts";
import { checkFields } from "./manifest/rules-fields.ts";
import { checkFileRules } from "./manifest/rules-files.ts";
import { checkNetwork } from "./manifest/rules-network.ts";
import { checkPaths } from "./manifest/rules-paths.ts";
import type { KnownFiles } from "./manifest/rules-paths.ts";
import { checkPolicy } from "./manifest/rules-policy.ts";
import { checkStarts, checkTriggers } from "./manifest/rules-triggers.ts";
import { nodeAt, placeOf } from "./manifest/yaml-node.ts";
import type { MapNode, Place } from "./manifest/yaml-node.ts";

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
}

export interface ParseManifestOptions {
  /** The files of the bundle; with them the entry must be among them. */
  paths?: ReadonlySet<string>;
}

/** Of a worker of which nothing could be read. */
export const noPlaces = { templatePlace: null, secretsPlace: null, contextsPlace: null } as const;

/**
 * Reads worker.yml: schema 0.3 strictly, other files leniently as Floom's older shape. Rules: Floom's manifest 0.3 and
 * what is seen in the wild; unknown keys are errors with a suggestion, nothing is dropped in silence.
 */
export function parseManifest(source: string, options: ParseManifestOptions = {}): ParsedManifest {
  const report = createReport();
  const root = readYaml(source, report);
  if (root === null) return { manifest: null, findings: report.list(), ...noPlaces };

  const written = isCurrentSchema(root, report) ? markCurrent(root) : fromLegacy(root, report);
  const canonical = normalize(written, report);
  const authored = checkShape(canonical, report);
  const fields = authored === null ? null : buildFields(authored.exec);
  checkRules(canonical, { bundle: options.paths, fields }, report);
  const manifest = authored === null || report.hasErrors() ? null : buildManifest(authored, options.paths);
  if (manifest !== null) {
    checkEntrypoint(manifest, written, report);
    checkFileRules(manifest, canonical, report);
    checkStarts(manifest, canonical, report);
    checkExample(manifest, canonical, report);
    checkAbsent(manifest, canonical, report);
  }
  const profile = nodeAt(canonical, "exec", "template_profile");
  const secrets = nodeAt(canonical, "exec", "secrets") ?? nodeAt(canonical, "capabilities", "secrets");
  const contexts = nodeAt(canonical, "contexts");
  return {
    manifest: report.hasErrors() ? null : manifest,
    findings: report.list(),
    templatePlace: profile === undefined ? null : placeOf(profile),
    secretsPlace: secrets === undefined ? null : placeOf(secrets),
    contextsPlace: contexts === undefined ? null : placeOf(contexts),
  };
}

function checkRules(root: MapNode, known: KnownFiles, report: Report): void {
  checkExec(root, known.bundle, report);
  checkFields(root, report);
  checkPaths(root, known, report);
  checkNetwork(root, report);
  checkTriggers(root, report);
  checkConnections(root, report);
  checkPolicy(root, report);
}
