import { beforeEach, expect, it } from "vitest";
import {
  callApi,
  ownerToken,
  ownerWorkspace,
  strangerToken,
} from "../../../test/support/workerd/api-harness.ts";
import type { Things } from "../../../test/support/workerd/route-requests.ts";
import { seedThings } from "../../../test/support/workerd/seed-things.ts";

let things: Things;
beforeEach(async () => {
  things = await seedThings({ token: ownerToken, workspace_id: ownerWorkspace }, "made-of");
});
const read = (path: string, token = ownerToken) =>
  callApi("GET", `/api/runs/${things.run}${path}`, { token });

it("a run's folder is the one it ran, whatever was pushed since", async () => {
  const changed = await callApi("PATCH", "/api/workers/made-of", { json: { name: "Pushed since" } });
  expect(changed.status).toBe(200);
  const file = await read("/bundle/worker.yml");
  expect(new TextDecoder().decode(await file.bytes())).toContain("title: Asks before it acts");
  expect(file.headers.get("content-type")).toBe("application/octet-stream");
  expect(file.headers.get("content-disposition")).toContain('attachment; filename="worker.yml"');
  const zip = await read("/bundle");
  expect(zip.headers.get("content-disposition")).toContain("made-of-v1.zip");
  expect((await zip.bytes()).subarray(0, 2)).toEqual(new TextEncoder().encode("PK"));
});

it("a file that is not in it, and one outside of it, are not there; nor is anything for a stranger", async () => {
  for (const path of ["/bundle/other.py", "/bundle/..%2Fworker.yml", "/bundle/%2Fetc%2Fpasswd"])
    expect([path, (await read(path)).status]).toEqual([path, 404]);
  const stranger = await strangerToken();
  for (const path of ["/bundle", "/bundle/worker.yml", "/stream", "/logs/stream"])
    expect([path, (await read(path, stranger)).status]).toEqual([path, 404]);
});

it("a run is followed at its other addresses as at its own", async () => {
  for (const path of ["/events", "/stream", "/logs/stream"]) {
    const response = await read(path);
    expect([path, response.headers.get("content-type")]).toEqual([
      path,
      expect.stringContaining("text/event-stream"),
    ]);
    const reader = response.body?.getReader();
    const first = await reader?.read();
    expect(new TextDecoder().decode(first?.value)).toContain(": connected");
    await reader?.cancel();
  }
});
