import { beforeEach, expect, it } from "vitest";
import { streamedAuditEventSchema } from "#contract/audit/audit";
import { limits } from "#contract/limits";
import { callApi, ownerToken, strangerToken, testHost } from "../../test/support/workerd/api-harness.ts";
import { verifies } from "../../test/verifies.ts";
import { auditDeps } from "../compose/guard-deps.ts";
import { ownerPrincipal, firstWorkspaceId } from "../access/principal.ts";
import { streamAudit } from "./stream-service.ts";

interface Told {
  id: number;
  name: string;
  data: unknown;
}

/** The messages of a stream, one by one. */
async function* readTold(response: Response): AsyncGenerator<Told> {
  let rest = "";
  for await (const part of (response.body ?? new ReadableStream()).pipeThrough(new TextDecoderStream())) {
    rest += part;
    const messages = rest.split("\n\n");
    rest = messages.pop() ?? "";
    for (const message of messages) {
      const field = (name: string) => new RegExp(`^${name}: (.*)$`, "m").exec(message)?.[1];
      yield {
        id: Number(field("id")),
        name: field("event") ?? "message",
        data: JSON.parse(field("data") ?? "null"),
      };
    }
  }
}

/** Opens a stream; `next` gives what it tells, as the number of the entry and the resource it names. */
async function open(query = "", { token = ownerToken, lastId = 0 } = {}) {
  const response = await callApi("GET", `/api/audit/stream${query}`, {
    token,
    headers: lastId > 0 ? { "last-event-id": String(lastId) } : {},
  });
  expect(response.headers.get("content-type")).toContain("text/event-stream");
  const told = readTold(response);
  const next = async (): Promise<string> => {
    const { value } = await told.next();
    if (value?.name === "place") return `place ${value.id}`;
    const { seq, resource } = streamedAuditEventSchema.parse(value?.data);
    expect(value?.id).toBe(seq);
    return `${seq} ${resource?.id ?? ""}`;
  };
  return { next, close: () => told.return(undefined) };
}

const setSecret = async (name: string, token = ownerToken) => {
  const answer = await callApi("POST", `/api/secrets/${name}`, { json: { value: "the value" }, token });
  expect(answer.status).toBe(200);
};

beforeEach(async () => {
  await callApi("GET", "/api/workspace/info");
});

it("tells what comes from now on, and from an entry on where one is said", async () => {
  verifies("audit:stream:resumes");
  await setSecret("A");
  const live = await open();
  expect(await live.next()).toBe("place 1");
  await setSecret("B");
  await setSecret("C");
  expect([await live.next(), await live.next()]).toEqual(["2 B", "3 C"]);
  await live.close();
  const again = await open("?after_seq=1", { lastId: 2 });
  expect([await again.next(), await again.next()]).toEqual(["place 2", "3 C"]);
  await again.close();
  const all = await open("?after_seq=0");
  expect([await all.next(), await all.next()]).toEqual(["place 0", "1 A"]);
  await all.close();
});

it("tells only what its filters choose, as the list does", async () => {
  for (const name of ["A", "B", "C"]) await setSecret(name);
  const chosen = await open("?after_seq=0&resource=secret/B&action=setSecret");
  await chosen.next();
  expect(await chosen.next()).toBe("2 B");
  await chosen.close();
  expect((await callApi("GET", "/api/audit/stream?resource=B")).status).toBe(422);
  expect((await callApi("GET", "/api/audit/stream?after_seq=-1")).status).toBe(422);
});

it("tells nothing of another workspace, and whoever may not read the record is refused", async () => {
  verifies("audit:stream:own-workspace");
  await setSecret("A");
  const stranger = await strangerToken();
  const theirs = await open("?after_seq=0", { token: stranger });
  expect(await theirs.next()).toBe("place 0");
  await setSecret("THEIRS", stranger);
  // What made the workspace may stand there too, whenever it comes.
  const told: string[] = [];
  while (told.at(-1)?.endsWith(" THEIRS") !== true) told.push(await theirs.next());
  expect(told.filter((one) => one.endsWith(" A"))).toEqual([]);
  await theirs.close();
  const reader = await strangerToken(["workers:read"]);
  expect((await callApi("GET", "/api/audit/stream", { token: reader })).status).toBe(403);
});

it("ends by itself, having said now and then where it is", async () => {
  let now = 0;
  const deps = { ...auditDeps(testHost), clock: () => now, sleep: async (ms: number) => void (now += ms) };
  const owner = ownerPrincipal({ id: "tok_1", workspaceId: firstWorkspaceId });
  const request = new Request("http://floom.test/api/audit/stream");
  const response = await streamAudit(deps, owner, { request, query: {} });
  const told: Told[] = [];
  for await (const one of readTold(response)) told.push(one);
  expect(now).toBeGreaterThanOrEqual(limits.audit_stream_seconds.value * 1000);
  expect(told.length).toBeGreaterThan(10);
  expect(new Set(told.map(({ name, id }) => `${name} ${id}`))).toEqual(new Set(["place 0"]));
});
