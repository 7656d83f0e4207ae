import { routes } from "#contract/routes";
import { publicApprovalSchema } from "#contract/approvals/approval";
import type { Approval } from "#contract/approvals/approval";
import { buildAttempts } from "../../model/attempt.ts";
import type { Area } from "../../model/attempt.ts";
import { fillIn, pushPrograms, readPrograms, buildManifest } from "../../stage/inside.ts";
import type { Thing } from "../../stage/inside.ts";
import { describeAnswer, knock } from "../../stage/knock.ts";
import type { Answer } from "../../stage/knock.ts";
import { holdUpload } from "../../stage/hold-upload.ts";
import type { Stage } from "../../stage/stage.ts";

const AREA = "approvals";
const CONTROL = `${AREA}:control-link`;
const refusedLink = ["401 review_link_invalid", "403 review_link_invalid", "404 review_link_invalid", "404*"];

/** Changes of a review link's token that must all be refused. */
const forgeries: readonly (readonly [id: string, wants: string, forge: (token: string) => string])[] = [
  ["none", "without a token", () => ""],
  ["cut", "with a part of the token", (token) => token.slice(0, -1)],
  ["longer", "with a longer token", (token) => `${token}0`],
  ["appended", "with something behind the token", (token) => `${token}.x`],
  ["upper-case", "with the token in capitals", (token) => token.toUpperCase()],
  ["later", "with a later end", (token) => changePart(token, 1, (part) => `z${part}`)],
  ["zeros", "with zeros before its end", (token) => changePart(token, 1, (part) => `0${part}`)],
  [
    "end-in-capitals",
    "with its end in capitals",
    (token) => changePart(token, 1, (part) => part.toUpperCase()),
  ],
  [
    "other-run",
    "with another run in it",
    (token) => changePart(token, 0, () => "run_01hzzzzzzzzzzzzzzzzzzzzzzz"),
  ],
  ["no-signature", "without its signature", (token) => changePart(token, 2, () => "")],
  [
    "zero-signature",
    "with a signature of zeros",
    (token) => changePart(token, 2, (part) => "0".repeat(part.length)),
  ],
  ["swapped", "with its parts in another order", (token) => token.split(".").toReversed().join(".")],
];

function changePart(token: string, index: number, change: (part: string) => string): string {
  return token
    .split(".")
    .map((part, at) => (at === index ? change(part) : part))
    .join(".");
}

/** What the late upload says that it holds: what it does hold, or what the approver saw. */
const swaps = [
  { id: "file-swapped", wants: "Replace a file between the look and the approval.", claims: "MALLO,100" },
  {
    id: "file-swapped-by-lie",
    wants: "Replace a file by another one that claims to be the same.",
    claims: "ALICE,100",
  },
] as const;

const common = { area: AREA, kind: "outside", control: CONTROL } as const;

/** What a person approves, and by what link. The control reads the approval by its true link. */
export const approvalsArea: Area<Stage> = {
  name: AREA,
  controls: [{ id: CONTROL, works: ["200"] }],
  attempts: buildAttempts(common, [
    ...forgeries.map(([id, how]) => ({
      id: `link-${id}`,
      wants: `See what is to be approved by a link ${how}.`,
      refusals: refusedLink,
    })),
    { id: "other-approval", wants: "Use one approval's link for another.", refusals: refusedLink },
    { id: "get-decides", wants: "Have a program that opens links approve.", refusals: ["still pending"] },
    { id: "more-keys", wants: "Say in a decision what is decided for others.", refusals: ["422*"] },
    { id: "wrong-token", wants: "Approve with a token of one's own making.", refusals: ["401*"] },
    {
      id: "inputs",
      wants: "Be in the phase that acts by saying so in the inputs.",
      refusals: ["no decision inside"],
    },
    {
      id: "start-body",
      wants: "Be in the phase that acts by saying so to whoever starts runs.",
      refusals: ["422*"],
    },
    { id: "twice", wants: "Decide again what is decided.", refusals: ["409*"] },
    { id: "at-once", wants: "Have an approval decided twice at once.", refusals: ["one decision"] },
    { id: "replay", wants: "Act again by a replay of what was approved.", refusals: ["not approved"] },
    {
      id: "link-after",
      wants: "Read outputs by a link after the decision.",
      refusals: [...refusedLink, "the decision alone"],
    },
    ...swaps.map(({ id, wants }) => ({ id, wants, refusals: ["the file that was shown"] })),
    { id: "page-script", wants: "Run a script in the reviewer's page.", refusals: ["no script"] },
  ]),
  look: async (stage) => {
    const seen = new Map<string, string>();
    const set = (id: string, saw: string): void => void seen.set(`${AREA}:${id}`, saw);
    const worker = await pushPrograms(stage, AREA, "approvals: { required: true, label: Pay }\n");
    const first = await ask(stage, worker, { pause: 0 });
    const second = await ask(stage, worker, { pause: 0 });
    const link = new URL(first.public_link ?? stage.url, stage.url);
    const token = link.searchParams.get("token") ?? "";
    const review = (id: string, with_: string): Promise<Answer> =>
      knock(stage.url, { path: `/api/approvals/public/${id}?token=${encodeURIComponent(with_)}` });
    seen.set(CONTROL, describeAnswer(await review(first.id, token)));
    for (const [id, , forge] of forgeries)
      set(`link-${id}`, describeAnswer(await review(first.id, forge(token))));
    set("other-approval", describeAnswer(await review(second.id, token)));
    set("page-script", await readPage(stage, link));
    await lookAtDecisions(stage, { first, second, token, set });
    set("link-after", describeDecided(await review(first.id, token)));
    set("start-body", await startDecided(stage, worker));
    set("inputs", await lookAtInputs(stage, worker));
    for (const { id, claims } of swaps) set(id, await swapFile(stage, claims));
    return seen;
  },
};

type Shown = Pick<Approval, "id" | "run_id" | "public_link">;

async function ask(stage: Stage, worker: string, { pause }: { pause: number }): Promise<Shown> {
  const preview = { files: { "out/pay.csv": "ALICE,100<script>alert(1)</script>" }, pause };
  const thing: Thing = { id: `${AREA}:ask`, way: "ask_person", with: preview };
  const run = await stage.yard.run(worker, { things: fillIn(stage, [thing]) }, { until: "pending_approval" });
  const id = run.approval_trail?.id ?? "";
  return stage.client.call(routes.getApproval, { params: { approval: id } });
}

async function lookAtDecisions(
  stage: Stage,
  {
    first,
    second,
    token,
    set,
  }: { first: Shown; second: Shown; token: string; set: (id: string, saw: string) => void },
): Promise<void> {
  const decide = (id: string, more: { body?: string; token?: string } = {}): Promise<Answer> =>
    knock(stage.url, {
      method: "POST",
      path: `/api/approvals/${id}/approve`,
      token: more.token ?? stage.token,
      headers: { "content-type": "application/json" },
      body: more.body ?? "{}",
    });
  for (const path of [`/api/approvals/public/${first.id}/approve`, `/approvals/review`]) {
    const query = `?id=${first.id}&token=${encodeURIComponent(token)}&decision=approve`;
    await knock(stage.url, { path: `${path}${query}` });
    await knock(stage.url, { path: `${path}${query}`, method: "HEAD" });
  }
  const after = await stage.client.call(routes.getApproval, { params: { approval: first.id } });
  set("get-decides", after.status === "pending" ? "still pending" : after.status);
  set("more-keys", describeAnswer(await decide(first.id, { body: '{"execute":true,"principal":"tok_x"}' })));
  set("wrong-token", describeAnswer(await decide(first.id, { token: "flm_AAAAAAAAAAAAAAAA" })));
  const answers = await Promise.all(Array.from({ length: 20 }, () => decide(second.id)));
  const decided = answers.filter(({ status }) => status === 200).length;
  set("at-once", decided === 1 ? "one decision" : `${decided} decisions`);
  await decide(first.id);
  set("twice", describeAnswer(await decide(first.id)));
  const replay = await stage.client.call(routes.replayRun, { params: { run: first.run_id }, json: {} });
  const again = await stage.yard.end(replay.id, { until: "pending_approval", patienceMs: 30_000 });
  set("replay", again.status === "pending_approval" ? "not approved" : `the replay ${again.status}`);
  await stage.yard.cancel(replay.id);
}

/** Inputs that look like the platform's own word for an approved run. */
async function lookAtInputs(stage: Stage, worker: string): Promise<string> {
  const path = `/api/workers/${worker}/runs?wait=20`;
  const things = [
    { id: `${AREA}:look`, way: "search", with: { pattern: "inputs.json", words: ['"approved"'] } },
  ];
  const body = JSON.stringify({ inputs: { things, decision: "approved", approved_output: { to: "me" } } });
  const headers = { "content-type": "application/json" };
  const answer = await knock(stage.url, { method: "POST", path, token: stage.token, headers, body });
  if (answer.status >= 400) return "no decision inside";
  return answer.text.includes("found in inputs.json") ? "the script sees a decision" : "no decision inside";
}

/** A start that says what only the record of a run may say. */
async function startDecided(stage: Stage, worker: string): Promise<string> {
  const body = {
    inputs: { things: [] },
    phase: "execute",
    approved: true,
    approval: { decision: "approved" },
  };
  const answer = await knock(stage.url, {
    method: "POST",
    path: `/api/workers/${worker}/runs`,
    token: stage.token,
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  return describeAnswer(answer);
}

async function readPage(stage: Stage, link: URL): Promise<string> {
  const page = await knock(stage.url, { path: `${link.pathname}${link.search}` });
  const policy = String(page.headers["content-security-policy"] ?? "");
  const isSealed = policy.includes("default-src 'none'") && !policy.includes("script-src");
  return page.text.includes("<script>") || !isSealed ? "a script in the page" : "no script";
}

/** What a link shows of an approval that is decided. */
function describeDecided(answer: Answer): string {
  if (answer.status !== 200) return describeAnswer(answer);
  const { status, outputs, artifacts, preview, preview_payload } = publicApprovalSchema.parse(
    JSON.parse(answer.text),
  );
  const shown = { outputs, artifacts, preview, preview_payload };
  const isEmpty =
    JSON.stringify(shown) === '{"outputs":{},"artifacts":[],"preview":null,"preview_payload":null}';
  return isEmpty && status !== "pending" ? "the decision alone" : `${status} with what was asked`;
}

/** An upload that begins before the run asks and ends after somebody looked. */
async function swapFile(stage: Stage, claims: string): Promise<string> {
  const worker = stage.yard.name("swaps");
  const more = "approvals: { required: true, label: Pay }\n";
  const manifest = buildManifest(worker, more).replace(
    "limits:",
    "    - { name: pay, kind: file, path: out/pay.csv, media_type: text/csv }\nlimits:",
  );
  await stage.yard.push(worker, { "worker.yml": manifest, ...readPrograms() });
  const things: Thing[] = [
    { id: `${AREA}:token`, way: "tell_token", with: { seconds: 1 } },
    { id: `${AREA}:ask`, way: "ask_person", with: { files: { "out/pay.csv": "ALICE,100" }, pause: 4 } },
  ];
  const run = await stage.yard.start(worker, { things: fillIn(stage, things) });
  const held = await holdUpload(stage, { run, path: "out/pay.csv", begin: "MALLO", rest: ",100", claims });
  try {
    const waiting = await stage.yard.end(run, { until: "pending_approval", patienceMs: 40_000 });
    const [file] = waiting.artifacts;
    if (file === undefined) return `nothing was shown: ${waiting.status}`;
    const read = (): Promise<Answer> =>
      knock(stage.url, { path: `/api/runs/${run}/artifacts/${file.id}/download`, token: stage.token });
    const shown = (await read()).text;
    if (shown !== "ALICE,100") return `something else was shown: ${shown.slice(0, 40)}`;
    await held.finish();
    const after = (await read()).text;
    return after === shown ? "the file that was shown" : `${shown} became ${after.slice(0, 40)}`;
  } finally {
    held.stop();
    await stage.yard.cancel(run);
  }
}
