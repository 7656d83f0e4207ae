import { versionRoutes } from "#contract/versions/routes";
import { formatAgo, formatBytes, formatCount } from "#contract/words";
import type { Run } from "../../command.ts";
import { exitCodes } from "../../exit-code.ts";
import type { showVersionSpec } from "./specs.ts";

const listOf = (names: readonly string[]) => (names.length === 0 ? "none" : names.join(", "));

/** Shows one version of a worker and what its manifest allows. */
export const run: Run<typeof showVersionSpec> = async (context, { args }) => {
  const { output, host, json } = context;
  const api = await context.api();
  const version = await api.call(versionRoutes.getVersion, { params: args });
  if (json) {
    output.document(version);
    return exitCodes.ok.code;
  }
  const { manifest } = version;
  output.pairs([
    ["worker", version.worker],
    [
      "version",
      version.active ? `${version.number} ${output.style.green("active")}` : String(version.number),
    ],
    ["manifest", `${manifest.title} ${version.manifest_version}`],
    ["created", `${formatAgo(version.created_at, host.now())} (${version.created_at})`],
    ["files", `${formatCount(version.file_count, "file")}, ${formatBytes(version.size_bytes)}`],
    ["digest", version.digest],
    ["secrets", listOf(manifest.exec.secrets)],
    ["calls", listOf(manifest.calls)],
    [
      "triggers",
      listOf(manifest.triggers.map(({ type, cron }) => (cron === undefined ? type : `${type} ${cron}`))),
    ],
    ["approval", manifest.approvals.required ? "required" : "not required"],
    ["timeout", `${manifest.limits.timeout_seconds} s`],
  ]);
  return exitCodes.ok.code;
};
