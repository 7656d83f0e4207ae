import { expect, it } from "vitest";
import type { EdgeEnv } from "../env.ts";
import { alertDeps } from "./alert-deps.ts";
import { Host } from "./host.ts";
import { intakeDeps } from "./run-deps.ts";
import { systemDeps } from "./system-deps.ts";
import { triggerDeps } from "./trigger-deps.ts";

const env = {
  FLOOM_ENVIRONMENT: "local",
  FLOOM_PUBLIC_URL: "",
  FLOOM_SIGNING_KEY: "a signing key of at least 32 characters",
  E2B_API_URL: "",
  E2B_SANDBOX_URL: "",
  FLOOM_SANDBOX_CREATES_PER_SECOND: "1",
  FLOOM_SANDBOX_LIVE: "1",
  FLOOM_WORKSPACE_LIVE_RUNS: "1",
  FLOOM_SANDBOX_LIFE_SECONDS: "1",
  DB: {},
  FILES: {},
} as unknown as EdgeEnv;
const openHost = () => new Host(env, "http://floom.test");

/** A host that tells what was taken from it. */
class WatchedHost extends Host {
  readonly taken: string[] = [];

  override get db() {
    this.taken.push("db");
    return super.db;
  }

  override get files() {
    this.taken.push("files");
    return super.files;
  }

  override run(runId: string) {
    this.taken.push("run");
    return super.run(runId);
  }

  override worker(workerId: string) {
    this.taken.push("worker");
    return super.worker(workerId);
  }

  override get capacity() {
    this.taken.push("capacity");
    return super.capacity;
  }
}

it("a request takes from the host what its own room uses, and opens no object before it is asked for", () => {
  const takenFor = (build: (host: Host) => unknown) => {
    const host = new WatchedHost(env, "http://floom.test");
    build(host);
    return [...new Set(host.taken)].toSorted();
  };
  expect(takenFor(systemDeps)).toEqual(["db"]);
  expect(takenFor(intakeDeps)).toEqual(["files"]);
  expect(takenFor(triggerDeps)).toEqual(["db", "files"]);
});

it("what was made once is made no second time", () => {
  const host = openHost();
  expect(host.db).toBe(host.db);
  expect(host.files).toBe(host.files);
});

it("what an alert may not do is the settings' to say", () => {
  const deps = alertDeps(openHost());
  expect(deps).toMatchObject({ allowLoopbackAlerts: false, mailState: "local_outbox" });
});
