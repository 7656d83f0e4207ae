import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { spawnSync } from "node:child_process";
import { ApiProblem } from "#contract/client";
import type { StorageReport } from "#contract/retention/retention";
import { retentionRoutes } from "#contract/retention/routes";
import { healthSchema, platformRoutes } from "#contract/system/routes";
import type { Api } from "../../api.ts";
import { CliError } from "../../cli-error.ts";
import type { Run } from "../../command.ts";
import { isLoopback } from "../../config.ts";
import type { Connection } from "../../config.ts";
import { exitCodes, exitNameForStatus } from "../../exit-code.ts";
import type { ExitName } from "../../exit-code.ts";
import type { Host } from "../../host.ts";
import type { Style } from "../../output/style.ts";
import { describeDays, describeLooks, describeStored } from "../retention/render-storage.ts";
import type { doctorSpec } from "./specs.ts";

/** One thing that was looked at. */
export interface Check {
  name: string;
  status: "ok" | "warning" | "failed";
  detail: string;
  fix: string | null;
  /** What the exit code says when it failed. */
  exit: ExitName;
}

const OLDEST_NODE_MAJOR = 24;

/** Looks at everything that a run needs and says what is missing; the exit code is that of the first failure. */
export const run: Run<typeof doctorSpec> = async (context) => {
  const { host, output, json } = context;
  const connection = context.connection();
  const api = await context.api();
  const server = await checkServer(api, connection);
  const isReachable = server[0]?.status !== "failed";
  const workspace = isReachable ? await checkWorkspace(api, connection) : null;
  const storage = workspace?.storage ?? null;
  const checks = [
    ...server,
    ...(workspace?.checks ?? []),
    // People have been told on standard error.
    ...(json ? connection.notes : []).map((note) =>
      warning("home", note, "Remove the folder, or name a server."),
    ),
    ...checkMachine(host, connection),
  ];
  const failed = checks.find(({ status }) => status === "failed");
  if (json) {
    output.document({
      ok: failed === undefined,
      api_url: connection.origin,
      checks: checks.map(({ name, status, detail, fix }) => ({ name, status, detail, fix })),
      storage,
    });
  } else {
    for (const check of checks) {
      output.line(`${renderMark(check, output.style)} ${check.name.padEnd(16)} ${check.detail}`);
      if (check.fix !== null) output.line(`  ${output.style.green("fix")} ${check.fix}`);
    }
  }
  return exitCodes[failed?.exit ?? "ok"].code;
};

function renderMark({ status }: Check, style: Style): string {
  if (status === "ok") return style.green("✓");
  return status === "warning" ? style.yellow("!") : style.red("✗");
}

async function checkServer(api: Api, { origin, originSource }: Connection): Promise<Check[]> {
  try {
    const response = await api.open(platformRoutes.getHealth);
    const health = healthSchema.parse(await response.json());
    const { database, sandboxes } = health.checks;
    return [
      ok("server", `Floom ${health.version} at ${origin} (from ${originSource})`),
      database === "ok"
        ? ok("database", "answers")
        : failed("database", {
            detail: "does not answer",
            fix: "Look into the server's log.",
            exit: "unavailable",
          }),
      sandboxes === "configured"
        ? ok("sandboxes", "configured")
        : failed("sandboxes", {
            detail: "no sandbox server is configured",
            fix: "Start Floom with `npm start`, or set E2B_API_KEY.",
            exit: "unavailable",
          }),
    ];
  } catch (error) {
    const isKnown = error instanceof CliError || error instanceof ApiProblem;
    const detail = isKnown ? error.message : `${origin} answers, but not as a Floom server does`;
    const fix = error instanceof CliError ? (error.hint ?? null) : "Check FLOOM_API_URL.";
    return [failed("server", { detail, fix, exit: "unavailable" })];
  }
}

/** Whether the token is good, and with a good one what the workspace stores. */
async function checkWorkspace(
  api: Api,
  connection: Connection,
): Promise<{ checks: Check[]; storage: StorageReport | null }> {
  const token = await checkToken(api, connection);
  if (token.status === "failed") return { checks: [token], storage: null };
  try {
    const storage = await api.call(retentionRoutes.getStorage);
    return { checks: [token, ...describeStorage(storage)], storage };
  } catch (error) {
    // A server that is older than this command has no such route.
    if (!(error instanceof ApiProblem)) throw error;
    const detail = `cannot be told: ${error.problem.title}`;
    return {
      checks: [token, warning("storage", detail, "Start the server of this version.")],
      storage: null,
    };
  }
}

function describeStorage(storage: StorageReport): Check[] {
  return [
    ...describeStored(storage).map((line) => ok("storage", line)),
    ok("retention", `ended runs are kept ${describeDays(storage.retention_days)}; ${describeLooks(storage)}`),
  ];
}

async function checkToken(api: Api, { tokenSource }: Connection): Promise<Check> {
  try {
    const info = await api.call(platformRoutes.getWorkspaceInfo);
    return ok("token", `valid for workspace ${info.workspace_name} (from ${tokenSource ?? "nowhere"})`);
  } catch (error) {
    if (!(error instanceof ApiProblem)) throw error;
    const detail =
      tokenSource === undefined ? "no token was found" : `the one from ${tokenSource} is not accepted`;
    const fix =
      "Set FLOOM_TOKEN, or FLOOM_HOME to the folder of the Floom that runs (its file `token` is read).";
    return failed("token", { detail, fix, exit: exitNameForStatus(error.problem.status) });
  }
}

/** What this machine must have to run sandboxes itself; of no concern for a server elsewhere. */
function checkMachine(host: Host, { origin }: Connection): Check[] {
  const node = checkNode();
  if (!isLoopback(origin) || (host.env["E2B_API_KEY"] ?? "") !== "") return [node];
  return [
    node,
    checkProgram(host, { name: "bubblewrap", program: "bwrap", install: "sudo apt-get install bubblewrap" }),
    checkProgram(host, {
      name: "python",
      program: "/usr/bin/python3",
      install: "sudo apt-get install python3",
    }),
  ];
}

function checkNode(): Check {
  const { node } = process.versions;
  if (Number(node.split(".")[0]) >= OLDEST_NODE_MAJOR) return ok("node", node);
  return warning("node", `${node}; the checkout brings its own`, "Type: npm ci");
}

function checkProgram(
  host: Host,
  { name, program, install }: { name: string; program: string; install: string },
): Check {
  const path = findProgram(host, program);
  if (path === undefined)
    return warning(name, "is not on this machine", `Runs need it here. Type: ${install}`);
  const { stdout, status } = spawnSync(path, ["--version"], { encoding: "utf8" });
  if (status !== 0) return warning(name, `${path} does not start`, `Type: ${install}`);
  return ok(name, stdout.trim());
}

function findProgram(host: Host, program: string): string | undefined {
  const folders = [...(host.env["PATH"] ?? "").split(delimiter), "/usr/bin", "/bin"];
  const candidates = program.startsWith("/") ? [program] : folders.map((folder) => join(folder, program));
  return candidates.find((file) => {
    try {
      accessSync(file, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

function ok(name: string, detail: string): Check {
  return { name, status: "ok", detail, fix: null, exit: "ok" };
}

function warning(name: string, detail: string, fix: string): Check {
  return { name, status: "warning", detail, fix, exit: "ok" };
}

function failed(name: string, about: { detail: string; fix: string | null; exit: ExitName }): Check {
  return { name, status: "failed", ...about };
}
