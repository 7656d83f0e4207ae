import { createHash } from "node:crypto";
import { buildAttempts } from "../../model/attempt.ts";
import type { Area } from "../../model/attempt.ts";
import { buildManifest, fillIn, readPrograms } from "../../stage/inside.ts";
import type { Thing } from "../../stage/inside.ts";
import { describeAnswer, knock } from "../../stage/knock.ts";
import type { Answer, Knock } from "../../stage/knock.ts";
import type { Stage } from "../../stage/stage.ts";

const AREA = "pages";
const CONTROL = `${AREA}:control-page`;
const PAGE = "<!doctype html><script>alert(1)</script>";
const origins = [
  "https://evil.example",
  "null",
  "http://localhost:1",
  "http://127.0.0.1:1",
  "file://",
] as const;

/** Uploads by name and type, as a page of a stranger would like them to be served. */
const uploads: readonly (readonly [id: string, filename: string, type: string])[] = [
  ["html", "a.html", "text/html"],
  ["svg", "a.svg", "image/svg+xml"],
  ["xhtml", "a.xhtml", "application/xhtml+xml"],
  ["script", "a.js", "text/javascript"],
  ["climbing", "../../a.html", "text/html"],
  ["header-in-name", 'a"%0d%0aX-Evil: 1.html', "text/html"],
  ["header-in-type", "a.html", "text/html; x=%0d%0a"],
];

const common = { area: AREA, kind: "outside", control: CONTROL } as const;

/** What a page of a stranger can do with a browser that knows this edge, and what it can have served by it. */
export const pagesArea: Area<Stage> = {
  name: AREA,
  controls: [{ id: CONTROL, works: ["200 the page"] }],
  attempts: buildAttempts(common, [
    ...origins.flatMap((origin) => [
      { id: `read-${origin}`, wants: `Read an answer from a page of ${origin}.`, refusals: ["not allowed"] },
      {
        id: `preflight-${origin}`,
        wants: `Be allowed to send a token from a page of ${origin}.`,
        refusals: ["not allowed"],
      },
    ]),
    {
      id: "simple-post",
      wants: "Start a run from a page without asking first.",
      refusals: ["401*", "403 cross_site_request", "415*"],
    },
    { id: "cookie", wants: "Have the browser keep a right to come in.", refusals: ["no cookie"] },
    { id: "frame", wants: "Show the page in a frame.", refusals: ["no frame"] },
    { id: "script", wants: "Run a script of another origin in the page.", refusals: ["own scripts only"] },
    { id: "sniff", wants: "Have an answer read as another type than it says.", refusals: ["nosniff"] },
    {
      id: "referrer",
      wants: "Learn a review link from where a reviewer goes next.",
      refusals: ["no-referrer"],
    },
    ...uploads.map(([id]) => ({
      id: `upload-${id}`,
      wants: `Have an upload served as a page (${id}).`,
      refusals: ["harmless", "422*", "400*"],
    })),
    { id: "upload-by-guess", wants: "Read an upload without a token.", refusals: ["401*"] },
    { id: "artifact", wants: "Have a run's file served as a page.", refusals: ["harmless"] },
    { id: "artifact-type", wants: "The same with headers in its type.", refusals: ["harmless"] },
    { id: "zip-names", wants: "Have a run's zip write outside of its folder.", refusals: ["inside"] },
  ]),
  look: async (stage) => {
    const seen = new Map<string, string>();
    const set = (id: string, saw: string): void => void seen.set(`${AREA}:${id}`, saw);
    const ask = (request: Knock): Promise<Answer> => knock(stage.url, request);
    // As a browser asks: a program is given no page.
    const page = await ask({ path: "/", headers: { accept: "text/html" } });
    seen.set(CONTROL, describeAnswer(page));
    for (const origin of origins) {
      set(
        `read-${origin}`,
        describeSharing(await ask({ path: "/api/workers", token: stage.token, headers: { origin } })),
      );
      const wish = {
        origin,
        "access-control-request-method": "POST",
        "access-control-request-headers": "authorization",
      };
      set(
        `preflight-${origin}`,
        describeSharing(await ask({ method: "OPTIONS", path: "/api/workers", headers: wish })),
      );
    }
    const simple = { origin: "https://evil.example", "content-type": "text/plain" };
    set(
      "simple-post",
      describeAnswer(await ask({ method: "POST", path: "/api/workers/x/runs", headers: simple, body: "{}" })),
    );
    const answers = [
      page,
      await ask({ path: "/api/workers", token: stage.token }),
      await ask({ path: "/api/health" }),
    ];
    set(
      "cookie",
      answers.some(({ headers }) => headers["set-cookie"] !== undefined) ? "a cookie" : "no cookie",
    );
    // The page brings its policy along in its own head.
    const inPage = /http-equiv="content-security-policy" content="([^"]*)"/i.exec(page.text)?.[1] ?? "";
    const policy = `${String(page.headers["content-security-policy"] ?? "")} ${inPage.replaceAll("&#39;", "'")}`;
    const frames = policy.includes("frame-ancestors 'none'") || page.headers["x-frame-options"] === "DENY";
    set("frame", frames ? "no frame" : `policy: ${policy}`);
    const own = /(?:script-src|default-src) 'self'/.test(policy) && !policy.includes("unsafe-inline' 'self");
    set("script", own && !/script-src[^;]*unsafe/.test(policy) ? "own scripts only" : `policy: ${policy}`);
    const types = answers.every(({ headers }) => headers["x-content-type-options"] === "nosniff");
    set("sniff", types ? "nosniff" : "an answer without it");
    const review = await ask({ path: "/approvals/review?id=x&token=x" });
    set("referrer", String(review.headers["referrer-policy"] ?? "none"));
    for (const [id, filename, type] of uploads) set(`upload-${id}`, await tryUpload(stage, filename, type));
    const guess = createHash("sha256").update(PAGE).digest("hex");
    set("upload-by-guess", describeAnswer(await ask({ path: `/api/uploads/${guess}` })));
    for (const [id, saw] of await lookAtFiles(stage)) set(id, saw);
    return seen;
  },
};

function describeSharing({ headers }: Answer): string {
  const shared = headers["access-control-allow-origin"];
  return shared === undefined ? "not allowed" : `allowed for ${shared}`;
}

/** A file is harmless when a browser would neither show it as a page nor run what is in it. */
function describeServing({ status, headers }: Answer): string {
  if (status !== 200) return String(status);
  const type = String(headers["content-type"] ?? "");
  const policy = String(headers["content-security-policy"] ?? "");
  const isSaved = String(headers["content-disposition"] ?? "").startsWith("attachment");
  const isSealed = policy.includes("sandbox") || policy.includes("default-src 'none'");
  if (headers["x-evil"] !== undefined) return "with a header of its own";
  const isPlain = headers["x-content-type-options"] === "nosniff" && !/html|svg|xml|script/.test(type);
  return isSaved || isSealed || isPlain ? "harmless" : `served as ${type}`;
}

async function tryUpload(stage: Stage, filename: string, type: string): Promise<string> {
  const clean = (text: string): string => text.replace("%0d%0a", "\r\n");
  const body =
    `--edge\r\nContent-Disposition: form-data; name="file"; filename="${clean(filename)}"\r\n` +
    `Content-Type: ${clean(type)}\r\n\r\n${PAGE}\r\n--edge--\r\n`;
  const headers = { "content-type": "multipart/form-data; boundary=edge" };
  const stored = await knock(stage.url, {
    method: "POST",
    path: "/api/uploads",
    token: stage.token,
    headers,
    body,
  });
  if (stored.status !== 201) return describeAnswer(stored);
  const id = /"id":\s*"([0-9a-f]+)"/.exec(stored.text)?.[1] ?? "";
  return describeServing(await knock(stage.url, { path: `/api/uploads/${id}`, token: stage.token }));
}

async function lookAtFiles(stage: Stage): Promise<Map<string, string>> {
  const worker = stage.yard.name("pages");
  await stage.yard.push(worker, { "worker.yml": buildManifest(worker), ...readPrograms() });
  const things: Thing[] = [
    { id: `${AREA}:leave`, way: "leave_files", with: { files: { "out/a.html": PAGE, "out/b.html": PAGE } } },
    {
      id: `${AREA}:result`,
      way: "result",
      with: {
        outputs: { done: true },
        artifacts: [
          { name: "../../a.html", path: "out/a.html", type: "text/html" },
          { name: "b", path: "out/b.html", type: "text/html\r\nX-Evil: 1" },
        ],
      },
    },
  ];
  const run = await stage.yard.run(worker, { things: fillIn(stage, things) });
  const read = async (path: string): Promise<string> => {
    const file = run.artifacts.find((one) => one.path === path);
    if (file === undefined) return "the file is not there";
    const where = `/api/runs/${run.id}/artifacts/${file.id}/download`;
    return describeServing(await knock(stage.url, { path: where, token: stage.token }));
  };
  const zip = await knock(stage.url, { path: `/api/runs/${run.id}/download`, token: stage.token });
  const isInside = zip.status === 200 && !zip.text.includes("../");
  return new Map([
    ["artifact", await read("out/a.html")],
    ["artifact-type", await read("out/b.html")],
    ["zip-names", isInside ? "inside" : `status ${zip.status}, or a name with ..`],
  ]);
}
