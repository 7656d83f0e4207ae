// `npm run seed:demo`: fills the workspace of a Floom that runs on this machine (npm start) with what one that is used
// has: runs of every end, approvals, schedules, deliveries, secrets, contexts. For looking, and for pictures.
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { ApiProblem, createClient } from "#contract/client";
import { fillWorkspace } from "./demo/fill-workspace.ts";
import { openHome } from "./local/home.ts";

const { values } = parseArgs({ options: { url: { type: "string" }, token: { type: "string" } } });
const say = (line: string): void => void process.stderr.write(`${line}\n`);
const port = process.env["PORT"] ?? "8787";

try {
  const api = createClient<Response>({
    origin: values.url ?? `http://127.0.0.1:${port}`,
    token: values.token ?? readFileSync(openHome(process.env).tokenFile, "utf8").trim(),
    fetch: (url, init) => fetch(url, init),
  });
  await fillWorkspace(api, say);
  say("The workspace is filled.");
} catch (error) {
  say(error instanceof ApiProblem ? `${error.message} (${error.problem.code})` : String(error));
  process.exitCode = 1;
}
