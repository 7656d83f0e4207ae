import { open } from "node:fs/promises";
import { resolve } from "node:path";
import type { ChainBreak, ChainPlace, VerifiedPart } from "#contract/audit/chain";
import { auditRoutes } from "#contract/audit/routes";
import { CliError } from "../../cli-error.ts";
import type { Run } from "../../command.ts";
import type { CommandContext } from "../../context.ts";
import { exitCodes } from "../../exit-code.ts";
import { fingerprintOf, judgeExport } from "./judge-export.ts";
import type { JudgedExport } from "./judge-export.ts";
import type { verifyAuditSpec } from "./specs.ts";

/** Says whether the record of changes is what was written: the server's, or an export's. */
export const run: Run<typeof verifyAuditSpec> = async (context, { options }) => {
  const { output, json, host } = context;
  const { file, key } = options;
  if (file === undefined && key !== undefined) {
    throw new CliError("--key is for an export.", {
      exit: "usage",
      code: "usage",
      hint: "Name it with --file.",
    });
  }
  const judged =
    file === undefined ? await askServer(context) : await judgeFile(resolve(host.cwd, file), key);
  const { entries, broken, head } = judged;
  const fingerprint = head === null ? null : fingerprintOf(head.public_key);
  if (json) output.document({ ok: broken === null, entries, broken, key: fingerprint });
  else if (broken !== null) output.line(describeBreak(broken));
  else {
    if (judged.earlier > 0)
      output.note(`${judged.earlier} events are older than the chain: nothing vouches for them.`);
    output.note(`Signed by key ${fingerprint ?? "-"}.`);
    output.line(`ok, ${entries} entries`);
  }
  return broken === null ? exitCodes.ok.code : exitCodes.runFailed.code;
};

type Judged = JudgedExport & { earlier: number };

/** One line that names the first broken entry. Pure. */
function describeBreak({ seq, id, reason }: ChainBreak): string {
  const which = [seq === 0 ? "an event" : `entry ${seq}`, id === null ? "" : ` (${id})`].join("");
  return `broken at ${which}: ${reason}`;
}

/** Has the server judge its chain part by part. */
async function askServer({ api: openApi, output, json }: CommandContext): Promise<Judged> {
  const api = await openApi();
  const live = json ? undefined : output.liveLine();
  let entries = 0;
  let from: ChainPlace | null = null;
  try {
    for (;;) {
      const query = from === null ? {} : { after_seq: from.seq, after_hash: from.hash };
      const part: VerifiedPart = await api.call(auditRoutes.verifyAudit, { query });
      entries += part.entries;
      live?.set(`Judged ${entries} entries`);
      if (part.next === null) return { ...part, entries, earlier: part.earlier_events };
      from = part.next;
    }
  } finally {
    live?.stop();
  }
}

async function judgeFile(path: string, key: string | undefined): Promise<Judged> {
  const file = await open(path).catch((cause: unknown) => {
    throw new CliError(`${path} cannot be read.`, { exit: "usage", code: "unreadable_file", cause });
  });
  try {
    const judged = await judgeExport(file.readLines(), key === undefined ? {} : { key });
    return { ...judged, earlier: 0 };
  } finally {
    await file.close();
  }
}
