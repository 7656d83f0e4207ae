import { env } from "cloudflare:workers";
import { beforeEach, expect, it } from "vitest";
import { allScopes } from "#contract/access/access";
import type { Scope } from "#contract/access/access";
import { limits } from "#contract/limits";
import { polledDeviceSchema, startedDeviceSchema, waitingDeviceSchema } from "#contract/devices/device";
import { createdTokenSchema } from "#contract/tokens/token";
import { callApi, ownerToken, testHost } from "../../../test/support/workerd/api-harness.ts";
import { verifies } from "../../../test/verifies.ts";
import { takeTurnExactly } from "../rate/store.ts";
import { attempt } from "../../platform/attempt.ts";
import { sha256Hex } from "../../platform/crypto.ts";
import { ownerPrincipal } from "../principal.ts";
import { firstWorkspaceId } from "../principal.ts";
import { approveDevice, denyDevice, lookUpDevice, pollDevice, startDevice } from "./service.ts";
import type { DeviceDeps } from "./service.ts";

const here = { origin: "http://floom.test" };
let networks = 0;

// The first call with the owner's token makes the workspace.
beforeEach(async () => {
  await callApi("GET", "/api/runs");
});

/** A device and a person at a clock of their own: `now` moves when told to. */
function openCase() {
  const time = { now: Date.now() };
  const deps: DeviceDeps = {
    db: testHost.db,
    clock: () => time.now,
    signingKey: testHost.config.signingKey,
    takeExactly: (key, pace, now) => takeTurnExactly(testHost.db, key, { pace, now }),
    ownerIsLocal: true,
  };
  networks += 1;
  const address = `198.51.100.${networks}`;
  // A person of their own for each case: tries are counted by person.
  const person = ownerPrincipal({ id: `tok_of_case_${networks}`, workspaceId: firstWorkspaceId });
  return {
    time,
    deps,
    person,
    start: (scopes: Scope[] = []) =>
      startDevice(deps, { client_name: "floom-cli on laptop", scopes }, { ...here, address }),
    poll: (code: string) => attempt(() => pollDevice(deps, code, here)),
    codeOf: async (act: () => Promise<unknown>) => {
      const tried = await attempt(act);
      return tried.ok ? "ok" : tried.refusal.code;
    },
  };
}

const runs = async (token: string) => (await callApi("GET", "/api/runs", { token })).status;

it("a program is let in by its code: it asks, a person looks and approves, and it gets a token that ends", async () => {
  verifies("tokens:device:no-escalation", "tokens:shown:once");
  const call = async (method: string, path: string, json?: unknown, token = "") => {
    const response = await callApi(method, path, { token, ...(json === undefined ? {} : { json }) });
    return { status: response.status, body: (await response.json()) as unknown };
  };
  const started = startedDeviceSchema.parse(
    (await call("POST", "/api/cli-auth/devices", { client_name: "floom-cli", scopes: [] })).body,
  );
  expect(started.verification_url).toBe("http://floom.test/cli-auth");
  const asked = await call("GET", `/api/cli-auth/poll/${started.device_code}`);
  expect(asked).toMatchObject({ status: 200, body: { status: "pending" } });
  const { user_code } = started;
  const seen = waitingDeviceSchema.parse(
    (await call("POST", "/api/cli-auth/lookup", { user_code }, ownerToken)).body,
  );
  expect(seen).toMatchObject({ client_name: "floom-cli", user_code, token_days: 90 });
  expect(
    await call("POST", "/api/cli-auth/approve", { user_code: user_code.toLowerCase() }, ownerToken),
  ).toMatchObject({
    status: 200,
    body: { status: "approved" },
  });
  await env.DB.prepare("UPDATE device_logins SET polled_at = NULL").run();
  const answer = polledDeviceSchema.parse(
    (await call("POST", "/api/cli-auth/poll", { device_code: started.device_code })).body,
  );
  if (answer.status !== "approved") throw new Error("It was approved.");
  expect(answer).toMatchObject({ api_base: "http://floom.test", scopes: seen.scopes });
  expect(Date.parse(answer.expires_at) - Date.now()).toBeLessThanOrEqual(90 * 86_400_000);
  expect(await runs(answer.api_secret)).toBe(200);
  const rows = JSON.stringify((await env.DB.prepare("SELECT * FROM device_logins").all()).results);
  for (const secret of [answer.api_secret, started.device_code, user_code, user_code.replace("-", "")]) {
    expect(rows).not.toContain(secret);
    expect(rows).not.toContain(await sha256Hex(user_code));
  }
});

it("one sign-in gives one token, however many ask at once, and never another", async () => {
  verifies("tokens:device:single-use");
  const { time, person, deps, start, poll } = openCase();
  const { device_code, user_code } = await start();
  await approveDevice(deps, person, { user_code, scopes: undefined });
  time.now += 5000;
  const all = await Promise.all(Array.from({ length: 8 }, () => poll(device_code)));
  expect(all.filter(({ ok }) => ok)).toHaveLength(1);
  time.now += 60_000;
  const again = await poll(device_code);
  expect(again.ok ? "ok" : again.refusal.code).toBe("device_consumed");
});

it("what was denied stays denied, and what was decided is not decided again", async () => {
  verifies("tokens:device:single-use");
  const { deps, person, start, poll, codeOf } = openCase();
  const { device_code, user_code } = await start();
  await denyDevice(deps, person, user_code);
  expect(await codeOf(() => approveDevice(deps, person, { user_code, scopes: undefined }))).toBe(
    "device_decided",
  );
  const polled = await poll(device_code);
  expect(polled.ok ? "ok" : polled.refusal.code).toBe("device_denied");
});

it("after ten minutes nobody can approve, and what was approved gives nothing", async () => {
  verifies("tokens:device:ends");
  const { time, deps, person, start, poll, codeOf } = openCase();
  const [late, approved] = [await start(), await start()];
  await approveDevice(deps, person, { user_code: approved.user_code, scopes: undefined });
  time.now += limits.device_seconds.value * 1000;
  expect(
    await codeOf(() => approveDevice(deps, person, { user_code: late.user_code, scopes: undefined })),
  ).toBe("not_found");
  for (const { device_code } of [late, approved]) {
    const polled = await poll(device_code);
    expect(polled.ok ? "ok" : polled.refusal.code).toBe("not_found");
  }
});

it("a program that asks too often has to wait longer each time", async () => {
  verifies("tokens:device:slow-down");
  const { time, start, poll } = openCase();
  const { device_code } = await start();
  const outcomes: unknown[] = [];
  for (const wait of [0, 1000, 2000, 7000]) {
    time.now += wait;
    const polled = await poll(device_code);
    outcomes.push(
      polled.ok ? polled.value.status : [polled.refusal.code, polled.refusal.options.retryAfterSeconds],
    );
  }
  expect(outcomes).toEqual(["pending", ["slow_down", 7], ["slow_down", 12], ["slow_down", 17]]);
  time.now += 17_000;
  expect(await poll(device_code)).toMatchObject({
    ok: true,
    value: { status: "pending", polling_interval_seconds: 17 },
  });
});

it("a viewer cannot make an admin's terminal: it gets what it asks for only as far as its person may", async () => {
  verifies("tokens:device:no-escalation");
  const { time, deps, person, start, poll, codeOf } = openCase();
  const scopes: Scope[] = ["runs:read", "workers:read"];
  const viewer = { ...person, scopes };
  const { device_code, user_code } = await start([...allScopes]);
  const seen = await lookUpDevice(deps, viewer, user_code);
  expect(seen.scopes.toSorted()).toEqual(["runs:read", "workers:read"]);
  const want = { user_code, scopes: ["members:write"] as Scope[] };
  expect(await codeOf(() => approveDevice(deps, viewer, want))).toBe("scope_exceeds_maker");
  await approveDevice(deps, viewer, { user_code, scopes: undefined });
  time.now += 5000;
  expect(await poll(device_code)).toMatchObject({ ok: true, value: { scopes: seen.scopes } });
  const nothing = await start(["members:write"]);
  expect(
    await codeOf(() => approveDevice(deps, viewer, { user_code: nothing.user_code, scopes: undefined })),
  ).toBe("scope_exceeds_maker");
});

it("no token lets a terminal in, not even one with every scope it can have", async () => {
  verifies("tokens:device:people-approve");
  const made = await callApi("POST", "/api/auth/tokens", {
    json: { name: "all", scopes: allScopes.filter((scope) => scope !== "approvals:decide") },
  });
  const { token } = createdTokenSchema.parse(await made.json());
  const { start } = openCase();
  const { user_code } = await start();
  for (const act of ["lookup", "approve", "deny"]) {
    const response = await callApi("POST", `/api/cli-auth/${act}`, { token, json: { user_code } });
    expect([response.status, ((await response.json()) as { code: string }).code]).toEqual([
      403,
      "person_required",
    ]);
  }
});

it("one address begins so many sign-ins in a minute, and one person tries so many codes", async () => {
  verifies("tokens:device:few-tries");
  const { time, deps, person, start, codeOf } = openCase();
  const most = limits.device_starts_per_minute.value;
  const starts: string[] = [];
  for (let count = 0; count <= most; count += 1) starts.push(await codeOf(() => start()));
  expect(starts).toEqual([...Array<string>(most).fill("ok"), "rate_limit_exceeded"]);
  const guesses: string[] = [];
  for (let count = 0; count <= limits.device_guesses_per_minute.value; count += 1)
    guesses.push(await codeOf(() => lookUpDevice(deps, person, "BCDF-GHJK")));
  expect([new Set(guesses.slice(0, -1)), guesses.at(-1)]).toEqual([
    new Set(["not_found"]),
    "rate_limit_exceeded",
  ]);
  time.now += 60_000;
  expect([await codeOf(() => start()), await codeOf(() => lookUpDevice(deps, person, "BCDF-GHJK"))]).toEqual([
    "ok",
    "not_found",
  ]);
});

it("a guessed code of a program is not there, and its refusal does not repeat the code", async () => {
  const guess = "A".repeat(43);
  const response = await callApi("GET", `/api/cli-auth/poll/${guess}`, { token: "" });
  expect(response.status).toBe(404);
  expect(await response.text()).not.toContain(guess);
});

it("sign-ins are forgotten an hour after their time", async () => {
  const { time, start } = openCase();
  const { device_code } = await start();
  time.now += limits.device_seconds.value * 1000 + 3_600_001;
  await start();
  const hash = await sha256Hex(device_code);
  expect(
    await env.DB.prepare("SELECT count(*) AS n FROM device_logins WHERE device_hash = ?")
      .bind(hash)
      .first("n"),
  ).toBe(0);
});
