import { expect, it } from "vitest";
import { callApi, seedWorker, strangerToken } from "../../../test/support/workerd/api-harness.ts";
import { openMcp, openOlderMcp } from "../../../test/support/workerd/mcp-client.ts";
import { sayLines } from "../../../test/support/workerd/mcp-runs.ts";
import { verifies } from "../../../test/verifies.ts";

type Listener = Awaited<ReturnType<typeof openMcp>>;

/** What a listener is told, as it comes. */
function noteAll(client: Listener): string[] {
  const told: string[] = [];
  client.setNotificationHandler("notifications/tools/list_changed", () => void told.push("tools"));
  client.setNotificationHandler("notifications/resources/list_changed", () => void told.push("resources"));
  client.setNotificationHandler(
    "notifications/resources/updated",
    ({ params }) => void told.push(params.uri),
  );
  return told;
}

it("who listens is told that the tools have changed and that a run has come further, and nothing of others", async () => {
  await seedWorker("slow");
  const started = await callApi("POST", "/api/workers/slow/runs", { json: {} });
  const { id } = (await started.json()) as { id: string };
  const uri = `floom://runs/${id}`;
  const listener = await openMcp();
  const stranger = await openMcp({ token: await strangerToken() });
  const [told, toldStranger] = [noteAll(listener), noteAll(stranger)];
  const filter = { toolsListChanged: true, resourceSubscriptions: [uri] };
  const listening = await listener.listen(filter);
  const alsoListening = await stranger.listen(filter);
  expect(listening.honoredFilter).toEqual(filter);
  await seedWorker("newcomer");
  await callApi("POST", `/api/runs/${id}/cancel`);
  await expect.poll(() => told.toSorted()).toEqual(expect.arrayContaining([uri, "tools"]));
  expect(toldStranger).toEqual([]);
  await listening.close();
  await alsoListening.close();
});

it("changes are told in the second era alone, and what cannot be told is not promised", async () => {
  const older = (await openOlderMcp()).getServerCapabilities();
  expect([older?.tools?.listChanged, older?.resources?.subscribe]).toEqual([false, false]);
  const client = await openMcp();
  expect(client.getServerCapabilities()?.tools).toEqual({ listChanged: true });
  expect(client.getServerCapabilities()?.resources).toEqual({ subscribe: true, listChanged: true });
});

it("who listens is told that there is another worker or context to read, and not of each new run", async () => {
  await seedWorker("slow");
  const listener = await openMcp();
  const told = noteAll(listener);
  const listening = await listener.listen({ resourcesListChanged: true });
  expect(listening.honoredFilter).toEqual({ resourcesListChanged: true });
  await callApi("POST", "/api/workers/slow/runs", { json: {} });
  await callApi("POST", "/api/contexts/notes", { json: { description: "What we know." } });
  await expect.poll(() => told, { timeout: 10_000 }).toEqual(["resources"]);
  await listening.close();
});

it("who listens to a log is told that there is more behind the number in its address, and nobody else", async () => {
  verifies("mcp:listen:log");
  await seedWorker("slow");
  const started = await callApi("POST", "/api/workers/slow/runs", { json: {} });
  const { id } = (await started.json()) as { id: string };
  const log = `floom://runs/${id}/log`;
  await sayLines(id, ["first of all"]);
  const [listener, stranger] = [await openMcp(), await openMcp({ token: await strangerToken() })];
  const [told, toldStranger] = [noteAll(listener), noteAll(stranger)];
  const filter = { resourceSubscriptions: [log] };
  const listening = await listener.listen(filter);
  const alsoListening = await stranger.listen(filter);
  await expect.poll(() => told, { timeout: 10_000 }).toContain(log);
  expect(new Set(told)).toEqual(new Set([log]));
  expect(toldStranger).toEqual([]);
  await listening.close();
  await alsoListening.close();
});
