import fc from "fast-check";
import { expect, it } from "vitest";
import { allScopes } from "#contract/access/access";
import { scopesOfRole } from "#contract/access/roles";
import { USER_CODE_LETTERS } from "#contract/devices/device";
import { verifies } from "../../../test/verifies.ts";
import { scopesForDevice } from "./device-scopes.ts";
import { judgePoll } from "./judge-poll.ts";
import { networkOf } from "./network-of.ts";
import type { DeviceRow } from "./store.ts";
import { buildUserCode, readUserCode } from "./user-code.ts";

const row: DeviceRow = {
  device_hash: "h",
  client_name: "floom-cli",
  scopes: [],
  address: null,
  status: "pending",
  interval_seconds: 2,
  polled_at: null,
  created_at: 0,
  expires_at: 600_000,
  workspace_id: null,
  user_id: null,
  decided_by: null,
};

it("a code has letters that nobody takes for others, and reads the same however it is typed", () => {
  expect(USER_CODE_LETTERS).not.toMatch(/[AEIOUY0-9]/);
  fc.assert(
    fc.property(
      fc.uint8Array({ minLength: 32, maxLength: 32 }),
      fc.constantFrom("", " ", "-", " - "),
      (chance, gap) => {
        const code = buildUserCode(chance);
        if (code === null) return;
        expect(code).toMatch(/^[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}$/);
        expect(readUserCode(code.toLowerCase().replace("-", gap))).toBe(code);
      },
    ),
    { seed: 7 },
  );
  for (const typed of ["", "BCDF", "BCDF-GHJA", "BCDF-GHJ0", "BCDF-GHJKL", "ÄÖÜß"])
    expect(readUserCode(typed)).toBeNull();
});

it("who asks too soon is told to wait; a little early is on time", () => {
  verifies("tokens:device:slow-down");
  expect(judgePoll(row, 5000)).toBe("pending");
  expect(judgePoll({ ...row, polled_at: 5000 }, 6000)).toBe("slow");
  expect(judgePoll({ ...row, polled_at: 5000 }, 6500)).toBe("pending");
  expect(judgePoll({ ...row, polled_at: 5000, interval_seconds: 7 }, 7000)).toBe("slow");
  expect(judgePoll({ ...row, status: "approved", polled_at: 5000 }, 6000)).toBe("slow");
});

it("a sign-in whose time is over is not there any more, approved or not", () => {
  verifies("tokens:device:ends");
  for (const status of ["pending", "approved"] as const) {
    expect(judgePoll({ ...row, status }, 599_999)).toBe(status);
    expect(judgePoll({ ...row, status }, 600_000)).toBe("unknown");
  }
  expect(judgePoll({ ...row, status: "denied" }, 600_000)).toBe("denied");
  expect(judgePoll({ ...row, status: "consumed" }, 1)).toBe("consumed");
  expect(judgePoll(undefined, 1)).toBe("unknown");
});

it("a terminal gets no scope that its person has not got, nor one that it did not ask for", () => {
  verifies("tokens:device:no-escalation");
  const some = fc.subarray([...allScopes]);
  fc.assert(
    fc.property(some, some, (asked, held) => {
      const given = scopesForDevice(asked, held);
      expect(given.every((scope) => held.includes(scope))).toBe(true);
      expect(given).not.toContain("approvals:decide");
      const wanted = asked.length === 0 ? scopesOfRole.editor : asked;
      expect(given.every((scope) => wanted.includes(scope))).toBe(true);
    }),
    { seed: 7 },
  );
  // Who says nothing gets nothing of what looks after people and the workspace.
  const unasked = scopesForDevice([], allScopes);
  for (const scope of ["members:write", "workspace:write", "workspace:own", "audit:read"] as const)
    expect(unasked).not.toContain(scope);
});

it("tries are counted for an address of IPv4, and for the network of one of IPv6", () => {
  expect(networkOf("192.0.2.7")).toBe("192.0.2.7");
  expect(networkOf("2001:db8:1:2:3:4:5:6")).toBe("2001:db8:1:2");
  expect(networkOf("2001:0DB8:0001:0002::9")).toBe("2001:db8:1:2");
  expect(networkOf("2001:db8::1")).toBe("2001:db8:0:0");
  expect(networkOf("::1")).toBe("0:0:0:0");
  expect([networkOf(null), networkOf("")]).toEqual(["unknown", "unknown"]);
});
