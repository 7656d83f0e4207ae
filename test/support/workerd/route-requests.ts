import type { TableRoute } from "#contract/routes";
import type { ApiCall } from "./api-harness.ts";

/** One thing of every kind that a route can name, by the name it has in paths. */
export interface Things {
  worker: string;
  version: string;
  run: string;
  otherRun: string;
  artifact: string;
  file: string;
  child: string;
  upload: string;
  approval: string;
  trigger: string;
  delivery: string;
  alert: string;
  alertDelivery: string;
  template: string;
  secret: string;
  token: string;
  service_account: string;
  device_code: string;
  member: string;
  invitation: string;
  context: string;
  workspace: string;
  client: string;
  archive: string;
  share: string;
  connection: string;
  learning: string;
  feedback: string;
  variable: string;
  session: string;
  evaluation: string;
}

const noBody = "0".repeat(26);

/** Names of the right form that nothing has. Ids are old, so that nobody waits for what may be on its way. */
export const nothing: Things = {
  worker: "no-such-worker",
  version: "1",
  run: `run_${noBody}`,
  otherRun: `run_${"1".repeat(26)}`,
  artifact: `art_${noBody}`,
  file: "worker.yml",
  child: `run_${"2".repeat(26)}`,
  upload: "0".repeat(64),
  approval: `apr_${noBody}`,
  trigger: `trg_${noBody}`,
  delivery: `dlv_${noBody}`,
  alert: `alt_${noBody}`,
  alertDelivery: `dlv_${"1".repeat(26)}`,
  template: "no-such-template",
  secret: "NO_SUCH_SECRET",
  token: `tok_${noBody}`,
  service_account: "no-such-service",
  device_code: "no-such-device",
  member: `usr_${noBody}`,
  invitation: `inv_${noBody}`,
  context: "no-such-context",
  workspace: `wsp_${"7".repeat(26)}`,
  client: `ocl_${noBody}`,
  archive: "no-such-archive",
  share: `shr_${noBody}`,
  variable: "never-made.no_such_variable",
  connection: `con_${noBody}`,
  learning: `lrn_${noBody}`,
  feedback: `wfb_${noBody}`,
  session: `ses_${noBody}`,
  evaluation: `evl_${noBody}`,
};

const source = (name: string) => ({
  worker_yml: `schema_version: "0.3"\nname: ${name}\ntitle: T\nversion: "1.0.0"\nexec:\n  entry: run.py\n`,
  run_py: "print(1)",
});

/** A JSON body that each route takes, where it takes one that is not empty. */
const bodies: Record<string, (of: Things) => unknown> = {
  createWorker: () => source("made-by-a-test"),
  validateWorker: () => source("made-by-a-test"),
  generateWorker: () => ({
    openapi:
      '{"openapi":"3.1.0","info":{"title":"Made by a test","version":"1"},"servers":[{"url":"https://api.example.com"}],"paths":{"/x":{"get":{"operationId":"x"}}}}',
  }),
  updateWorker: (of) => source(of.worker),
  changeWorker: () => ({ description: "Changed by a test." }),
  exportChosenRuns: (of) => ({ run_ids: [of.run] }),
  replaceWorkerFiles: (of) => ({ files: [{ path: "worker.yml", content: source(of.worker).worker_yml }] }),
  redriveDeadLetters: (of) => ({ ids: [of.run] }),
  dismissDeadLetters: (of) => ({ ids: [of.run] }),
  decideApprovals: (of) => ({ ids: [of.approval], decision: "approve" }),
  decideInClient: () => ({ decision: "approve" }),
  callWorker: (of) => ({ worker: of.worker, key: "once" }),
  setWorkerFolder: () => ({ folder: "shop" }),
  createTrigger: () => ({ type: "webhook" }),
  changeTrigger: () => ({ paused: true }),
  redeliverMany: (of) => ({ ids: [of.delivery] }),
  createAlert: () => ({ url: "https://alerts.example/hook" }),
  updateAlert: () => ({ enabled: false }),
  // Refused for what it says: what is made would tell when.
  putTemplate: () => ({ template_yml: "pips: []\n" }),
  setSecret: () => ({ value: "\0" }),
  // Refused for what it says: what is made would tell when.
  createConnection: () => ({ kind: "none" }),
  patchConnection: () => ({ display_name: "Changed by a test" }),
  pinConnectionTools: () => ({ tools: [{ name: "none", digest: "0".repeat(64) }] }),
  grantSecret: () => ({ workers: null }),
  createToken: () => ({ name: "made by a test", scopes: ["runs:read"] }),
  // Refused for what it says: what is made would tell when.
  createServiceAccount: () => ({ name: "No name", role: "viewer" }),
  startDevice: () => ({ client_name: "a test" }),
  pollDevice: (of) => ({ device_code: of.device_code }),
  lookUpDevice: () => ({ user_code: "BCDF-GHJK" }),
  approveDevice: () => ({ user_code: "BCDF-GHJK" }),
  denyDevice: () => ({ user_code: "BCDF-GHJK" }),
  inviteMember: () => ({ email: "made-by-a-test@example.com" }),
  changeMember: () => ({ role: "viewer" }),
  createUser: () => ({ email: "made-by-another-test@example.com" }),
  changeUser: () => ({ role: "member" }),
  acceptInvitation: () => ({ token: "fli_none" }),
  decideClientRequest: () => ({ verdict: "deny", request: "made=by-a-test" }),
  createWorkspace: () => ({ name: "made by a test" }),
  changePreferences: () => ({ starred: ["starred-by-a-test"] }),
  renameWorkspace: () => ({ name: "named by a test" }),
  setWorkerGrants: () => ({ grants: ["runner"] }),
  setWorkerVisibility: () => ({ visibility: "workspace" }),
  incrementStoreValue: () => ({ key: "counted-by-a-test" }),
  queryStore: () => ({ sql: "SELECT 1" }),
  // Refused for what it says: what is made would tell when.
  executeStore: () => ({ sql: "PRAGMA user_version" }),
  incrementRunStoreValue: () => ({ key: "counted-by-a-test" }),
  queryRunStore: () => ({ sql: "SELECT 1" }),
  executeRunStore: () => ({ sql: "PRAGMA user_version" }),
  createFileShare: (of) => ({ file: of.file }),
  setApp: () => ({ slug: "made-by-a-test" }),
  startPublicRun: () => ({ token: "fls_none" }),
  importShare: () => ({ token: "fls_none" }),
  // Refused for what it says, as well.
  createContext: () => ({ kind: "none" }),
  setContextCategory: () => ({ category: "Sales" }),
  setContextVisibility: () => ({ visibility: "workspace" }),
  setContextSensitive: () => ({ sensitive: true }),
  setContextWriteable: () => ({ writeable: true }),
  renameContext: () => ({ name: "renamed-by-a-test" }),
  reviewLearning: () => ({ verdict: "keep" }),
  addFeedback: () => ({ text: "Be brief." }),
  interveneInCouncil: () => ({ message: "Think of the costs." }),
  addWorkSessionNote: () => ({ note: "Made by a test." }),
  setBaseline: (of) => ({ evaluation: of.evaluation }),
  holdTournament: (of) => ({ evaluations: [of.evaluation, `evl_${"1".repeat(26)}`] }),
  rejectVersion: () => ({ reason: "No." }),
  moveContextFile: (of) => ({ from: of.file, to: "moved.yml" }),
};

const queries: Record<string, string> = {
  getClientRequest: "?request=made%3Dby-a-test",
  continueImport: "?from=0",
  previewSchedule: "?cron=@daily",
  getStoreValue: "?key=read-by-a-test",
  setStoreValue: "?key=set-by-a-test",
  deleteStoreValue: "?key=no-such-key",
  getRunStoreValue: "?key=no-such-key",
  setRunStoreValue: "?key=set-by-a-test",
  deleteRunStoreValue: "?key=no-such-key",
  postRunJournal: "?attempt=1&offset=0",
  putRunFile: `?attempt=1&path=a.txt&sha256=${"0".repeat(64)}&media_type=text/plain`,
};

/** What a parameter of a route's path names. */
function thingOf(route: TableRoute, parameter: string): keyof Things {
  if (parameter === "other") return route.path.includes("/diff/") ? "version" : "otherRun";
  if (parameter === "delivery" && route.path.includes("{alert}")) return "alertDelivery";
  return parameter as keyof Things;
}

/** The things a route's path names, in the order it names them. */
export function namedBy(route: TableRoute): (keyof Things)[] {
  return [...route.path.matchAll(/\{(\w+)\}/g)].map(([, parameter]) => thingOf(route, parameter ?? ""));
}

/** The path of a route for these things. */
export function pathOf(route: TableRoute, things: Things): string {
  return route.path.replace(/\{(\w+)\}/g, (_, parameter: string) =>
    encodeURIComponent(things[thingOf(route, parameter)]),
  );
}

/** A body of the kind the route takes, and its media type. */
export function bodyOf(route: TableRoute, things: Things): ApiCall {
  const { body } = route;
  if (!body) return {};
  if (body.kind === "json") return { json: bodies[route.id]?.(things) ?? {} };
  if (body.kind === "bytes")
    return { body: new Uint8Array(3), headers: { "content-type": body.media_types[0] ?? "" } };

  const form = new FormData();
  form.set(body.field, new File(["text"], "a.txt", { type: "text/plain" }));
  return { body: form };
}

/** A request that the route takes, about these things. */
export function requestOf(
  route: TableRoute,
  things: Things,
): { method: string; path: string; call: ApiCall } {
  const path = pathOf(route, things) + (queries[route.id] ?? "");
  return { method: route.method, path, call: bodyOf(route, things) };
}

/** What an answer says; of a stream of events, which need not end, how it begins. */
export async function readAnswer(response: Response): Promise<string> {
  const isStream = response.headers.get("content-type")?.startsWith("text/event-stream") === true;
  if (!isStream || response.body === null) return response.text();
  const reader = response.body.getReader();
  const { value } = await reader.read();
  await reader.cancel();
  return new TextDecoder().decode(value);
}
