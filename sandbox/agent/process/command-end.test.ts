import { expect, it } from "vitest";
import { describeExit } from "./command-end.ts";

it("says nothing of an error after exit code 0", () => {
  const end = describeExit({ code: 0, signal: null }, undefined);
  expect(end).toEqual({ exitCode: 0, exited: true, status: "exit status 0", error: undefined });
});

it("names an exit code and a signal as Go does", () => {
  expect(describeExit({ code: 3, signal: null }, undefined).error).toBe("exit status 3");
  const killed = describeExit({ code: null, signal: "SIGKILL" }, undefined);
  expect(killed).toEqual({ exitCode: -1, exited: false, status: "signal: killed", error: "signal: killed" });
  expect(describeExit({ code: null, signal: "SIGSEGV" }, undefined).status).toBe(
    "signal: segmentation fault",
  );
});

it("adds the guard's reason to the error, not to the status", () => {
  const end = describeExit({ code: 137, signal: null }, "memory limit reached");
  expect([end.status, end.error]).toEqual(["exit status 137", "exit status 137 (memory limit reached)"]);
});
