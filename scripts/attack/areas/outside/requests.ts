import { buildAttempts } from "../../model/attempt.ts";
import type { Area, Attempt } from "../../model/attempt.ts";
import { describeAnswer, knock, knockFor, knockThrough, sendRaw } from "../../stage/knock.ts";
import type { Knock } from "../../stage/knock.ts";
import type { Stage } from "../../stage/stage.ts";
import { bodies, framings, head, json, paths, steering, tricks } from "./odd-requests.ts";

const AREA = "requests";
const CONTROL = `${AREA}:control-answer`;
const NO_TUNNEL = "200, and nothing behind it";
const RAW = `${AREA}:control-raw`;

/** Anything but a success and a failure of the edge itself. */
const refused = ["4*"];
type Row = Pick<Attempt, "id" | "wants" | "refusals">;
const row = (id: string, wants: string, refusals: readonly string[]): Row => ({ id, wants, refusals });

export const requestsArea: Area<Stage> = {
  name: AREA,
  controls: [
    { id: CONTROL, works: ["200 the record"] },
    { id: RAW, works: ["200"] },
  ],
  attempts: buildAttempts({ area: AREA, kind: "outside", control: CONTROL }, [
    ...paths.map(([id, path, headers]) => {
      const what = headers === undefined ? path : Object.entries(headers).join(", ").replace(",", ": ");
      return row(`path-${id}`, `Read ${what} without a token.`, ["4*", "200 the page", "200 the health"]);
    }),
    ...tricks.map((path, index) =>
      row(`trick-${index + 1}`, `List workers by ${path}.`, [
        "401*",
        "404*",
        "400*",
        "closed",
        "200 the page",
        "200 the health",
      ]),
    ),
    ...steering.map(([id, headers]) =>
      row(`header-${id}`, `List workers by ${Object.keys(headers).join(", ")}.`, ["401*"]),
    ),
    ...framings.map(([id, wants]) => ({
      ...row(`framing-${id}`, wants, ["4*", "501", "505", "closed", "200 the page", NO_TUNNEL]),
      control: RAW,
    })),
    ...bodies.map(([id, wants]) => row(`body-${id}`, wants, [...refused, "200 nothing"])),
    row("alive", "Leave the edge unable to answer.", ["200 the health"]),
    row("host-in-links", "Have links written to a host of one's own.", ["no link"]),
  ]),
  look: async (stage) => {
    const seen = new Map<string, string>();
    const set = (id: string, saw: string): void => void seen.set(`${AREA}:${id}`, saw);
    const record = await findRecord(stage);
    const fill = (text: string): string =>
      text
        .replaceAll("{edge}", stage.url)
        .replaceAll("{record}", record.key)
        .replaceAll("{canary}", String(stage.canary.port))
        .replaceAll("{host}", new URL(stage.url).host);
    const own = await knock(stage.url, { path: `/api/runs/${record.run}`, token: stage.token });
    seen.set(CONTROL, own.text.includes(record.run) ? "200 the record" : describeAnswer(own));
    seen.set(
      RAW,
      await sendRaw(stage.url, [fill(`GET /api/health HTTP/1.1\r\n${head}Connection: close\r\n\r\n`)]),
    );
    const filled = (headers: Readonly<Record<string, string>> = {}): Record<string, string> =>
      Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, fill(value)]));
    for (const [id, path, headers] of paths)
      set(`path-${id}`, await readHidden(stage, { path: fill(path), headers: filled(headers) }));

    for (const [index, path] of tricks.entries()) {
      const plain = path.replace("{token_shape}", "flm_AAAA");
      set(`trick-${index + 1}`, await readHidden(stage, { path: plain }));
    }
    for (const [id, headers] of steering)
      set(`header-${id}`, await knockFor(stage.url, { path: "/api/workers", headers: filled(headers) }));

    for (const [id, , parts] of framings) {
      const saw = await sendRaw(stage.url, parts.map(fill), 800);
      // What counts of a tunnel is whether anything comes out at its other end.
      set(`framing-${id}`, id === "connect" && saw === "200" ? describeTunnel(stage) : saw);
    }
    for (const [id, , request] of bodies) set(`body-${id}`, await sendBody(stage, request));
    set("alive", await knockFor(stage.url, { path: "/api/health" }));
    set("host-in-links", await readLinks(stage));
    return seen;
  },
};

function describeTunnel({ canary }: Stage): string {
  return canary.hits.some((hit) => hit.includes("through-the-edge")) ? "200, and a tunnel" : NO_TUNNEL;
}

/** An empty list gives nothing away. */
async function sendBody(stage: Stage, request: Knock): Promise<string> {
  try {
    const answer = await knock(stage.url, { ...request, token: stage.token });
    const isEmpty = answer.status === 200 && /"(?:runs|next)":\s*\[\]/.test(answer.text);
    return isEmpty ? "200 nothing" : describeAnswer(answer);
  } catch {
    return "closed";
  }
}

/** A run's record, by the key under which it is stored. */
async function findRecord(stage: Stage): Promise<{ run: string; key: string }> {
  const name = stage.yard.name("record");
  await stage.yard.push(name, {
    "worker.yml": `schema_version: "0.3"\nname: ${name}\ntitle: Record\nversion: 0.1.0\nexec:\n  entry: run.sh\n`,
    "run.sh": "echo SECRET-OF-A-RUN\n",
  });
  const { id } = await stage.yard.run(name, {});
  return { run: id, key: `runs/${id}/events.ndjson` };
}

async function readHidden(stage: Stage, request: Knock): Promise<string> {
  try {
    const answer = await knockThrough(stage.url, request);
    if (/SECRET-OF-A-RUN|root:x:0|\[remote |FLOOM_/.test(answer.text))
      return `${answer.status} what is hidden`;
    return describeAnswer(answer);
  } catch {
    return "400 closed";
  }
}

/** A trigger's address, asked for under another host. */
async function readLinks(stage: Stage): Promise<string> {
  const name = stage.yard.name("record");
  const answer = await knock(stage.url, {
    method: "POST",
    path: `/api/workers/${name}/triggers`,
    token: stage.token,
    headers: { ...json, host: "evil.example" },
    body: '{"type":"webhook"}',
  });
  if (answer.status === 201)
    return answer.text.includes("evil.example") ? "a link to evil.example" : "no link";
  return answer.status >= 400 && answer.status < 500 ? "no link" : describeAnswer(answer);
}
