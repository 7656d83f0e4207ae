import { routes } from "#contract/routes";
import type { RunDetail } from "#contract/runs/run";
import { buildAttempts } from "../../model/attempt.ts";
import type { Area } from "../../model/attempt.ts";
import { fillIn, pushPrograms, tryInside } from "../../stage/inside.ts";
import type { Thing, Value } from "../../stage/inside.ts";
import type { Stage } from "../../stage/stage.ts";

const AREA = "journal";
const CONTROL = `${AREA}:control-forged`;

/** What a line holds: a document, or text that is none. */
type Entry = Value;

/** A journal that a script writes in the runner's place, and what must not be found on the record afterwards. */
interface Forgery {
  id: string;
  wants: string;
  entries: readonly Entry[];
  /** The sighting for what became of it; "refused" when nothing of it is there. */
  read: (run: RunDetail) => string;
}

/** The first line of every forgery. */
const TAKEN = "FORGED";
const mark: Entry = { type: "log", stream: "stdout", level: "info", text: TAKEN };
const usage = { wall_ms: 1, cpu_ms: 1, max_memory_bytes: 1, log_bytes: 1 };
const ended = { outcome: "success", error_code: null, error: null, error_raw: null, exit_code: 0, usage };
const success: Entry = { type: "result", ...ended, outputs: { done: true } };
const failure = (error_code: string, error = "x"): Entry => ({
  type: "result",
  ...ended,
  outcome: "failure",
  outputs: null,
  error_code,
  error,
});
const fileOf = (path: string, name = "a", media_type = "text/plain") => ({
  type: "file",
  kind: "artifact",
  name,
  path,
  media_type,
  size_bytes: 1,
  sha256: "0".repeat(64),
});
const file = (path: string, name?: string, media_type?: string): Entry => fileOf(path, name, media_type);

const NO_TEXT = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/;
const refusedUnless = (bad: boolean, what: string): string => (bad ? what : "refused");
const keepsNoFile = ({ artifacts }: RunDetail): string =>
  refusedUnless(artifacts.length > 0, `kept ${artifacts.map(({ path }) => JSON.stringify(path)).join(" ")}`);

const paths: readonly (readonly [id: string, path: string])[] = [
  ["climbing", "../../etc/passwd"],
  ["absolute", "/etc/passwd"],
  ["inner-climbing", "out/../../x"],
  ["backslash", "..\\..\\x"],
  ["drive", "C:\\x"],
  ["escape", "out/\u001b]52;c;eA==\u0007"],
  ["newline", "out/a\nb"],
  ["c1", "out/\u009b31m"],
  ["bidi", "out/\u202etxt.exe"],
  ["nul", "out/a\u0000b"],
];

const platformCodes = [
  "internal_error",
  "sandbox_lost",
  "provider_unavailable",
  "journal_lost",
  "e2b_sandbox_error",
] as const;
const blames = (run: RunDetail): string =>
  refusedUnless(
    run.failure?.kind === "platform" || run.attempts.some(({ lost }) => lost),
    "the platform is blamed",
  );

const forgeries: readonly Forgery[] = [
  ...paths.map(([id, path]) => ({
    id: `path-${id}`,
    wants: `Leave a file whose path is harmful where it is saved (${id}).`,
    entries: [file(path), success],
    read: keepsNoFile,
  })),
  {
    id: "code-escape",
    wants: "Steer a terminal by an error code.",
    entries: [failure("\u001b]52;c;eA==\u0007")],
    read: (run) =>
      refusedUnless(NO_TEXT.test(run.error_code ?? ""), `error_code ${JSON.stringify(run.error_code)}`),
  },
  {
    id: "code-long",
    wants: "Fill every list with an endless error code.",
    entries: [failure("a".repeat(5000))],
    read: (run) =>
      refusedUnless((run.error_code ?? "").length > 100, `error_code of ${run.error_code?.length}`),
  },
  ...platformCodes.map((code) => ({
    id: `code-${code.replaceAll("_", "-")}`,
    wants: "Blame the platform for its own failure.",
    entries: [failure(code)],
    read: blames,
  })),
  {
    id: "missing-file",
    wants: "Be run again at the platform's cost for a file that was never there.",
    entries: [file("out/none.txt"), success],
    read: blames,
  },
  {
    id: "file-of-no-digest",
    wants: "Have a file kept under a name of its own choice.",
    entries: [{ ...fileOf("out/none.txt"), sha256: "../../../bundles/x" }, success],
    read: keepsNoFile,
  },
  {
    id: "result-elsewhere",
    wants: "Hang its run by a result that is nowhere.",
    entries: [{ ...ended, type: "result", outputs: null, outputs_sha256: "0".repeat(64) }],
    read: blames,
  },
  {
    id: "far-future",
    wants: "Date its lines so that the record breaks.",
    entries: [
      { type: "log", at: 8_640_000_000_000_001, stream: "stdout", level: "info", text: "x" },
      success,
    ],
    read: (run) =>
      refusedUnless(
        run.logs.some(({ timestamp }) => timestamp > "2100"),
        "dated in the future",
      ),
  },
  {
    id: "progress",
    wants: "Show more than all as its progress.",
    entries: [{ type: "progress", percent: 1e9, message: null }, success],
    read: (run) => refusedUnless((run.progress?.percent ?? 0) > 100, `${run.progress?.percent} percent`),
  },
  {
    id: "system-voice",
    wants: "Say in the platform's name that the run was approved.",
    entries: [
      { type: "status", status: "completed" },
      { type: "approval_decided", decision: "approved" },
      success,
    ],
    read: (run) => refusedUnless(run.approval_trail !== null, "an approval on the record"),
  },
  {
    id: "media-type",
    wants: "Add headers to a download by its media type.",
    entries: [file("out/a.txt", "a", "text/html\r\nSet-Cookie: a=b"), success],
    read: (run) =>
      refusedUnless(
        run.artifacts.some(({ type }) => /[\r\n]/.test(type)),
        "kept as it is",
      ),
  },
  {
    id: "prototype",
    wants: "Change objects of the edge by names of outputs.",
    entries: [
      '{"type":"result","at":1,"outcome":"success","error_code":null,"error":null,"error_raw":null,"exit_code":0,"outputs":{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}},"done":true},"usage":{"wall_ms":1,"cpu_ms":1,"max_memory_bytes":1,"log_bytes":1}}',
    ],
    read: (run) => refusedUnless("polluted" in {} || "polluted" in run, "an object was changed"),
  },
  {
    id: "not-json",
    wants: "Break the record by lines that are no JSON.",
    entries: ["{", "null", "[]", '"x"', "\u0000", success],
    read: (run) => refusedUnless(run.status === "running", "the run hangs"),
  },
  {
    id: "deep",
    wants: "Break the record by a deeply nested line.",
    entries: [`{"type":"result","outputs":${'{"a":'.repeat(5000)}1${"}".repeat(5000)}}`, success],
    read: (run) => refusedUnless(run.status === "running" || run.status === "queued", "the run hangs"),
  },
  {
    id: "after-the-end",
    wants: "Write on after the end.",
    entries: [success, { type: "log", at: 1, stream: "stdout", level: "info", text: "AFTER-THE-END" }],
    read: (run) =>
      refusedUnless(
        run.logs.some(({ message }) => message.includes("AFTER-THE-END")),
        "on the record",
      ),
  },
  {
    id: "event-stream",
    wants: "End the stream of events for whoever follows.",
    entries: [
      { type: "log", stream: "stdout", level: "info", text: "a\n\nevent: close\ndata: {}\n\nid: 999\n\n" },
      success,
    ],
    read: () => "refused",
  },
];

/** What a control shows: a forged line does get on the record, so that a forged harm would be seen there. */
const honest: Thing = {
  id: CONTROL,
  way: "forge",
  with: {
    entries: [mark, file("out/kept.txt"), success],
  },
};

export const journalArea: Area<Stage> = {
  name: AREA,
  isSlow: true,
  controls: [{ id: CONTROL, works: ["on the record"] }],
  attempts: buildAttempts({ area: AREA, kind: "inside", control: CONTROL, refusals: ["refused"] }, [
    ...forgeries.map(({ id, wants }) => ({ id, wants })),
    {
      id: "flood",
      wants: "Have more progress kept than a journal may hold.",
      refusals: [
        ...Array.from({ length: 34 }, (_, mib) => `${mib} MiB taken`),
        "run failed*",
        "run cancelled*",
      ],
    },
  ]),
  look: async (stage) => {
    const worker = await pushPrograms(stage, AREA);
    const seen = new Map<string, string>();
    const { run: forged } = await tryInside(stage, worker, { things: [honest] });
    const hasLine = (await stage.yard.log(forged.id)).includes(TAKEN);
    const hasFile = forged.artifacts.some(({ path }) => path === "out/kept.txt");
    seen.set(CONTROL, hasLine && hasFile ? "on the record" : `line ${hasLine}, file ${hasFile}`);
    const starts = await Promise.all(
      forgeries.map(async (forgery) => ({ forgery, id: await startForgery(stage, worker, forgery) })),
    );
    for (const { forgery, id } of starts) {
      const run = await stage.yard.end(id, { patienceMs: 60_000 });
      const saw = forgery.id === "event-stream" ? await readStream(stage, id) : forgery.read(run);
      // A journal that was not taken proves nothing about what stood in it.
      const isTaken = (await stage.yard.log(id)).includes(TAKEN);
      seen.set(`${AREA}:${forgery.id}`, isTaken ? saw : "the journal was not taken");
    }
    const flood: Thing = { id: `${AREA}:flood`, way: "flood_journal", with: { posts: 84 }, patience: 100 };
    const run = await stage.yard.run(worker, { things: fillIn(stage, [flood]) }, { patienceMs: 100_000 });
    seen.set(flood.id, await weighStream(stage, run));
    return seen;
  },
};

function startForgery(stage: Stage, worker: string, { entries }: Forgery): Promise<string> {
  const thing: Thing = { id: `${AREA}:forge`, way: "forge", with: { entries: [mark, ...entries] } };
  return stage.yard.start(worker, { things: fillIn(stage, [thing]) });
}

/** A line of the log must stay one event, whatever it looks like. */
async function readStream(stage: Stage, run: string): Promise<string> {
  const response = await stage.client.open(routes.streamRunEvents, { params: { run } });
  const text = await response.text();
  const closes = text
    .split("\n")
    .filter((line) => line.startsWith("data:") && line.includes('"type":"close"'));
  const forged = /^id: ?999$/m.test(text) || /^data: ?\{\}$/m.test(text);
  return refusedUnless(forged || closes.length !== 1, "the stream holds an event of the script's own");
}

/** How much of a flood is on the record. */
async function weighStream(stage: Stage, { id, status, error_code }: RunDetail): Promise<string> {
  if (status !== "completed") return `run ${status} ${error_code}`;
  const response = await stage.client.open(routes.streamRunEvents, { params: { run: id } });
  return `${Math.round((await response.arrayBuffer()).byteLength / 1_048_576)} MiB taken`;
}
