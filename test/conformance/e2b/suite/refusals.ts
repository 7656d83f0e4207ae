import assert from "node:assert/strict";
import { Sandbox, SandboxError } from "e2b";
import type { ConformanceCase } from "./case.ts";

const NOT_IMPLEMENTED = 501;

/** What a local sandbox does not have says so: 501 and a reason, never a hang or a wrong success. */
export const refusalCases: ConformanceCase[] = [
  {
    name: "a pseudo-terminal is refused with a reason",
    async run({ sandbox }) {
      const { pty } = await sandbox();
      const created = pty.create({ cols: 80, rows: 24, onData: () => {} });
      await assert.rejects(created, isRefusal(/\[unimplemented\] This sandbox has no pseudo-terminals/));
    },
  },
  {
    name: "resizing a pseudo-terminal is answered 501 with a reason",
    async run({ sandbox, target }) {
      const box = await sandbox();
      await assert.rejects(box.pty.resize(1, { cols: 80, rows: 24 }), isRefusal(/no pseudo-terminals/));
      const response = await fetch(`${target.sandboxUrl}/process.Process/Update`, {
        method: "POST",
        headers: {
          ...accessHeaders(box),
          "Content-Type": "application/json",
          "Connect-Protocol-Version": "1",
        },
        body: JSON.stringify({ process: { pid: 1 } }),
      });
      assert.equal(response.status, NOT_IMPLEMENTED);
      const body: unknown = await response.json();
      assert.match(JSON.stringify(body), /"unimplemented".*no pseudo-terminals/);
    },
  },
  {
    name: "snapshots are answered 501 with a reason",
    async run({ sandbox, target }) {
      const box = await sandbox();
      await assert.rejects(box.createSnapshot(), isRefusal(/501: .*snapshot/));
      await assert.rejects(box.listSnapshots().nextItems(), isRefusal(/501: .*snapshot/));
      assert.equal(await Sandbox.deleteSnapshot("some-snapshot", target), false);
      const response = await fetch(`${target.apiUrl}/sandboxes/${box.sandboxId}/snapshots`, {
        method: "POST",
        headers: { "X-API-KEY": target.apiKey, "Content-Type": "application/json" },
        body: "{}",
      });
      assert.equal(response.status, NOT_IMPLEMENTED);
      await response.body?.cancel();
    },
  },
  {
    name: "forking is answered 501 with a reason",
    async run({ sandbox }) {
      await assert.rejects((await sandbox()).fork(), isRefusal(/501: .*fork/));
    },
  },
  {
    name: "the host's own door to the agent is closed from outside",
    async run({ sandbox, target }) {
      const box = await sandbox();
      for (const path of ["/_agent/metrics", "/_agent/deadline", "/init"]) {
        const response = await fetch(`${target.sandboxUrl}${path}`, { headers: accessHeaders(box) });
        assert.equal(response.status, 404, path);
        await response.body?.cancel();
      }
    },
  },
];

function isRefusal(message: RegExp): (error: unknown) => boolean {
  return (error) => {
    assert.ok(error instanceof SandboxError, String(error));
    assert.match(error.message, message);
    return true;
  };
}

/** The headers the SDK itself sends; its token is not public, so it is read from the instance. */
function accessHeaders(box: Sandbox): Record<string, string> {
  const token: unknown = Reflect.get(box, "envdAccessToken");
  return { "E2b-Sandbox-Id": box.sandboxId, "E2b-Sandbox-Port": "49983", "X-Access-Token": String(token) };
}
