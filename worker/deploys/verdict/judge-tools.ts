import type { Principal } from "#contract/access/access";
import { findToolCollisions } from "#contract/actions/tool-collisions";
import { toolsOf } from "#contract/actions/tool-name";
import type { Manifest, ManifestFinding } from "#contract/manifest/manifest";
import { platformToolNames } from "#contract/tools/names";
import { findTakenTool } from "../../catalog/require-own-tools.ts";
import type { Db } from "../../platform/db/client.ts";
import { createReport } from "../../registry/manifest/report.ts";
import type { ParsedManifest } from "../../registry/parse-manifest.ts";

type Verdict = Pick<ParsedManifest, "manifest" | "findings" | "placeAt">;

/** The verdict with what a push would be refused for, or would warn of, because of what its tools are called. */
export async function withOwnTools<Judged extends Verdict>(
  deps: { db: Db },
  principal: Principal,
  verdict: Judged,
): Promise<Judged> {
  const { manifest, placeAt } = verdict;
  if (manifest === null) return verdict;
  const taken = await findTakenTool(deps.db, principal.workspace_id, manifest);
  if (taken === undefined)
    return { ...verdict, findings: [...verdict.findings, ...warnOfTakenTools(manifest)] };
  const report = createReport();
  const fix = "Give it another name.";
  report.error(placeAt(taken.path), { code: "tool_name_taken", message: taken.detail, fix });
  return { ...verdict, findings: [...verdict.findings, ...report.list()], manifest: null };
}

/**
 * Says which of a worker's tools no client can call, because the platform or the worker itself has another of that name.
 * The worker runs all the same: by run_start, the API and the page. Pure.
 */
export function warnOfTakenTools(manifest: Manifest): ManifestFinding[] {
  return findToolCollisions(toolsOf(manifest), platformToolNames).map(({ tool, action, isPlatforms }) => ({
    severity: "warning",
    code: "not_available",
    pointer: "/name",
    line: 1,
    column: 1,
    message: `Clients of MCP cannot call ${action} as the tool ${tool}: ${isPlatforms ? "the platform has a tool" : "another action of this worker is a tool"} of that name.`,
    fix: isPlatforms ? "Give the worker another name." : `Give the action ${action} another name.`,
  }));
}
