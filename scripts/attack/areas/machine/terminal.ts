import { routes } from "#contract/routes";
import { buildAttempts } from "../../model/attempt.ts";
import type { Area } from "../../model/attempt.ts";
import { runFloom } from "../../stage/command-line.ts";
import { buildManifest, fillIn, readPrograms } from "../../stage/inside.ts";
import type { Thing, Value } from "../../stage/inside.ts";
import type { Stage } from "../../stage/stage.ts";
import { createHook, deliver } from "../outside/webhooks.ts";

const AREA = "terminal";
const MARK = "LOUD";
/** Sets a clipboard, moves the cursor, rings, deletes, reverses: each is harmful where it is shown as it is. */
const HOSTILE = `${MARK}\u001b]52;c;eA==\u0007\u001b[2J\u009b31m\u0085\u007f\u0008\u202egpj.exe\u2066END`;

/** What must not come out, by kind. Colours (SGR) and line ends are the command line's own. */
const kinds: readonly { name: string; words: string; pattern: RegExp }[] = [
  { name: "escape", words: "commands", pattern: /\u001b(?!\[[0-9;]*m)/ },
  {
    name: "control",
    words: "control characters",
    pattern: /[\u0000-\u0008\u000b\u000c\u000e-\u001a\u001c-\u001f\u007f]/,
  },
  { name: "c1", words: "commands of one character", pattern: /[\u0080-\u009f]/ },
  { name: "bidi", words: "text that reads backwards", pattern: /[\u202a-\u202e\u2066-\u2069]/ },
];

/** What the commands are asked about. */
type Loud = Readonly<
  Record<"worker" | "failed" | "done" | "asked" | "approval" | "hook" | "delivery" | "alert", string>
>;

const commands: readonly (readonly [id: string, args: (loud: Loud) => readonly string[]])[] = [
  ["workers-list", () => ["workers", "list"]],
  ["workers-show", ({ worker }) => ["workers", "show", worker]],
  ["versions-show", ({ worker }) => ["versions", "show", worker, "1"]],
  ["runs-list", ({ worker }) => ["runs", "list", "--worker", worker]],
  ["runs-show-failed", ({ failed }) => ["runs", "show", failed]],
  ["runs-show-done", ({ done }) => ["runs", "show", done]],
  ["runs-show-asked", ({ asked }) => ["runs", "show", asked]],
  ["runs-logs", ({ done }) => ["runs", "logs", done]],
  ["runs-compare", ({ done, failed }) => ["runs", "compare", done, failed]],
  ["deadletters-list", () => ["deadletters", "list"]],
  ["approvals-list", () => ["approvals", "list"]],
  ["approvals-show", ({ approval }) => ["approvals", "show", approval]],
  ["deliveries-show", ({ hook, delivery }) => ["deliveries", "show", hook, delivery]],
  ["alerts-list", ({ worker }) => ["alerts", "list", worker]],
];
const forms = [
  ["", []],
  ["-json", ["--json"]],
] as const;

const CONTROL = `${AREA}:control-shown`;

/** Texts of a script, of a sender and of an author, in every command that shows them. */
export const terminalArea: Area<Stage> = {
  name: AREA,
  isSlow: true,
  controls: [{ id: CONTROL, works: ["shown"] }],
  attempts: buildAttempts(
    { area: AREA, kind: "machine", control: CONTROL, refusals: ["shown without it"] },
    commands.flatMap(([id]) =>
      forms.flatMap(([form]) =>
        kinds.map(({ name, words }) => ({
          id: `${id}${form}-${name}`,
          wants: `Send ${words} to the terminal by \`${id.replace("-", " ")}${form.replace("-", " --")}\`.`,
        })),
      ),
    ),
  ),
  look: async (stage) => {
    const seen = new Map<string, string>();
    const loud = await makeLoud(stage);
    let shown = 0;
    // A text that was cleaned before may be gone; then the record it belongs to must be there.
    const marks = [MARK, ...Object.values(loud)];
    for (const [id, args] of commands) {
      for (const [form, more] of forms) {
        const { text } = await runFloom(stage, [...args(loud), ...more]);
        if (text.includes(MARK)) shown += 1;
        const isShown = marks.some((mark) => text.includes(mark));
        for (const { name, pattern } of kinds) {
          const saw = isShown ? describe(text, pattern) : `nothing of it was shown: ${text.slice(0, 60)}`;
          seen.set(`${AREA}:${id}${form}-${name}`, saw);
        }
      }
    }
    seen.set(CONTROL, shown >= commands.length ? "shown" : `shown ${shown} times`);
    return seen;
  },
};

function describe(text: string, pattern: RegExp): string {
  const found = pattern.exec(text);
  return found === null ? "shown without it" : `shown with ${JSON.stringify(found[0])}`;
}

const usage = { wall_ms: 1, cpu_ms: 1, max_memory_bytes: 1, log_bytes: 1 };
const log = { type: "log", stream: "stdout", level: "info", text: HOSTILE };
const file = {
  type: "file",
  kind: "artifact",
  name: HOSTILE,
  path: "out/a.txt",
  media_type: "text/plain",
  size_bytes: 1,
  sha256: "0".repeat(64),
};
const progress = { type: "progress", percent: 10, message: HOSTILE };
const done = {
  type: "result",
  outcome: "success",
  error_code: null,
  error: null,
  error_raw: null,
  exit_code: 0,
  outputs: { done: true, [HOSTILE]: HOSTILE },
  usage,
};
const failed = {
  ...done,
  outcome: "failure",
  outputs: null,
  error_code: HOSTILE,
  error: HOSTILE,
  error_raw: HOSTILE,
};

/** A worker whose every text is hostile, with a run that failed, one that ended well, and one that asks. */
async function makeLoud(stage: Stage): Promise<Loud> {
  const worker = stage.yard.name("loud");
  const title = JSON.stringify(`${HOSTILE} title`)
    .replaceAll("\u009b", "\\x9b")
    .replaceAll("\u0085", "\\x85");
  await stage.yard.push(worker, {
    "worker.yml": buildManifest(worker, `description: ${title}\n`, title),
    ...readPrograms(),
  });
  const forge = async (entries: readonly Value[]): Promise<string> => {
    const thing: Thing = { id: `${AREA}:forge`, way: "forge", with: { entries } };
    return (await stage.yard.run(worker, { things: fillIn(stage, [thing]) })).id;
  };
  const asking = stage.yard.name("loud-asks");
  await stage.yard.push(asking, {
    "worker.yml": buildManifest(asking, "approvals: { required: true, label: Pay }\n"),
    ...readPrograms(),
  });
  const ask: Thing = { id: `${AREA}:ask`, way: "ask_loudly", with: { text: HOSTILE } };
  const until = { until: "pending_approval" as const, patienceMs: 30_000 };
  const asked = await stage.yard.run(asking, { things: fillIn(stage, [ask]) }, until);
  const hook = await createHook(stage, worker, { signature: { scheme: "none" } });
  await deliver(stage, { hook: hook.id, body: JSON.stringify({ text: HOSTILE }) });
  const { deliveries } = await stage.client.call(routes.listDeliveries, { params: { trigger: hook.id } });
  const alert = await stage.client.call(routes.createAlert, {
    params: { worker },
    json: { email_to: ["somebody@example.com"], description: HOSTILE, on: ["completed"] },
  });
  return {
    worker,
    failed: await forge([log, progress, failed]),
    done: await forge([log, file, done]),
    asked: asked.id,
    approval: asked.approval_trail?.id ?? "none",
    hook: `${worker}/${hook.name}`,
    delivery: deliveries[0]?.id ?? "none",
    alert: alert.id,
  };
}
