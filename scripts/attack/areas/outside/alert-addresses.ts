import { buildAttempts } from "../../model/attempt.ts";
import type { Area } from "../../model/attempt.ts";
import { describeAnswer, knock } from "../../stage/knock.ts";
import type { Answer } from "../../stage/knock.ts";
import type { Stage } from "../../stage/stage.ts";
import { privateSpellings } from "../private-addresses.ts";

const AREA = "alerts";
const CONTROL = `${AREA}:control-mail`;

const urls: readonly string[] = [
  ...privateSpellings.map((host) => `https://${host}/`),
  "http://example.com/",
  "https://localhost../",
  "https://kubernetes.default.svc/",
  "https://service.cluster.local/",
  "https://printer.local/",
  "https://db.internal/",
  "https://metadata.google.internal/",
  "https://router.lan/",
  "https://host.docker.internal/",
  "https://intranet/",
  "https://127.0.0.1.nip.io/",
  "https://localtest.me/",
  "https://user:password@example.com/",
  "https://example.com@127.0.0.1/",
  "https://127.0.0.1#example.com/",
  "https://%31%32%37.0.0.1/",
  "https://\uff11\uff12\uff17.0.0.1/",
  "https://127\u30020\u30020\u30021/",
  "file:///etc/passwd",
  "ftp://example.com/",
  "gopher://example.com/",
  "javascript:alert(1)",
  "data:text/plain,x",
  "//127.0.0.1/",
  "https://",
];

const mails: readonly string[] = [
  "a@example.com\r\nBcc: b@example.com",
  "a@example.com\nBcc: b@example.com",
  "a@example.com, b@example.com",
  "a@example.com;b@example.com",
  "<a@example.com>",
  "a@example.com\u0000",
  "a b@example.com",
  "a@[127.0.0.1]",
  "a@example.com%0aBcc:b@example.com",
  "@example.com",
];

const common = { area: AREA, kind: "outside", control: CONTROL, refusals: ["422*"] } as const;

/** Where the edge can be made to post or write to. What is taken all the same is taken away before anything is sent. */
export const alertsArea: Area<Stage> = {
  name: AREA,
  controls: [{ id: CONTROL, works: ["201"] }],
  attempts: buildAttempts(common, [
    ...urls.map((url) => ({
      id: `url-${url}`,
      wants: `Have the edge post to ${JSON.stringify(url)}.`,
    })),
    ...mails.map((mail, index) => ({
      id: `mail-${index + 1}`,
      wants: `Have a mail written to ${JSON.stringify(mail)}.`,
    })),
    ...mails.map((mail, index) => ({
      id: `manifest-mail-${index + 1}`,
      wants: `The same by a manifest: ${JSON.stringify(mail)}.`,
    })),
    { id: "many-mails", wants: "Have a hundred mails written." },
  ]),
  look: async (stage) => {
    const seen = new Map<string, string>();
    const set = (id: string, saw: string): void => void seen.set(`${AREA}:${id}`, saw);
    const worker = stage.yard.name("alerts");
    const files = buildFiles(worker);
    await stage.yard.push(worker, files);
    seen.set(CONTROL, await create(stage, worker, { email_to: ["somebody@example.com"] }));
    for (const url of urls) set(`url-${url}`, await create(stage, worker, { url }));
    for (const [index, mail] of mails.entries()) {
      set(`mail-${index + 1}`, await create(stage, worker, { email_to: [mail] }));
      const notify = `notify:\n  email_to: [${JSON.stringify(mail)}]\n`;
      set(
        `manifest-mail-${index + 1}`,
        describeValidation(await validate(stage, buildFiles(worker, notify))),
      );
    }
    const many = Array.from({ length: 100 }, (_, n) => `a${n}@example.com`);
    set("many-mails", await create(stage, worker, { email_to: many }));
    return seen;
  },
};

const jsonType = { "content-type": "application/json" };

function buildFiles(name: string, more = ""): Record<string, string> {
  const head = `schema_version: "0.3"\nname: ${name}\ntitle: Alerts\nversion: 0.1.0\nexec:\n  entry: run.sh\n`;
  return { "worker.yml": `${head}${more}`, "run.sh": "echo\n" };
}

async function create(stage: Stage, worker: string, json: object): Promise<string> {
  const { token } = stage;
  const path = `/api/workers/${worker}/alerts`;
  const body = JSON.stringify(json);
  const answer = await knock(stage.url, { method: "POST", path, token, headers: jsonType, body });
  const id = /"id":\s*"(alt_\w+)"/.exec(answer.text)?.[1];
  if (id !== undefined) await knock(stage.url, { method: "DELETE", path: `${path}/${id}`, token });
  return describeAnswer(answer);
}

/** Checked, and never stored. */
function validate(stage: Stage, files: Record<string, string>): Promise<Answer> {
  const { "worker.yml": worker_yml, ...rest } = files;
  const others = Object.entries(rest).map(([path, content]) => ({ path, content }));
  const body = JSON.stringify({ worker_yml, files: others });
  const { token } = stage;
  return knock(stage.url, { method: "POST", path: "/api/workers/validate", token, headers: jsonType, body });
}

function describeValidation(answer: Answer): string {
  if (answer.status !== 200) return describeAnswer(answer);
  return /"valid":\s*false/.test(answer.text) ? "422 invalid_manifest" : "taken";
}
