import { expect, it } from "vitest";
import { failureCodes } from "#contract/runs/run-failure";
import { verifies } from "../../../test/verifies.ts";
import { readFailure } from "./read-failure.ts";

const codes = Object.keys(failureCodes);

it("no code that a journal may carry blames the platform, a policy or a person", () => {
  verifies("run:failure:no-blame");
  for (const code of codes) {
    const { kind, message } = readFailure({ error_code: code, error: "as it says" });
    expect(["worker", "limit"], code).toContain(kind);
    expect(message).toBe("as it says");
  }
});

it("a code that is not the script's to claim is read as its own report", () => {
  verifies("run:failure:no-blame");
  for (const code of [
    "internal_error",
    "e2b_sandbox_error",
    "journal_lost",
    "user_cancel",
    "queue_expired",
    "external_timeout",
  ]) {
    expect(readFailure({ error_code: code, error: null }), code).toMatchObject({
      kind: "worker",
      code: "worker_reported_error",
      retryable: false,
    });
  }
});

it("what the runner sees of a script is told by its own code", () => {
  for (const code of [
    "timeout",
    "sandbox_oom",
    "disk_full",
    "output_too_large",
    "install_failed",
    "invalid_worker",
  ])
    expect(readFailure({ error_code: code, error: null }).code).toBe(code);
});

it("a code of the script's own is kept, also one that is the name of something of an object", () => {
  for (const code of ["my_code.1", "constructor", "__proto__", "toString"]) {
    expect(readFailure({ error_code: code, error: "x" })).toMatchObject({
      kind: "worker",
      code,
      message: "x",
    });
  }
});

it("a failure without a code is a script that ended with an error", () => {
  expect(readFailure({ error_code: null, error: null }).code).toBe("execution_error");
});

it.each([
  ["ModuleNotFoundError: No module named 'numpy.linalg'", /^Name the package of numpy in requirements\.txt/],
  ["Error: Cannot find module '@acme/mail'", /^Name @acme\/mail among the dependencies of package\.json/],
  ["Error [ERR_MODULE_NOT_FOUND]: Cannot find package 'left-pad' imported from /x", /^Name left-pad among/],
  ["Error: Cannot find module './lib.js'", /^Read the last lines of the log/],
  [
    "The script ended with exit code 127: /usr/bin/env: use -[v]S to pass options in shebang lines",
    /Windows line ends/,
  ],
  ["ValueError: bad row", /^Read the last lines of the log/],
])("what a failure comes from is told with what to do: %s", (error, hint) => {
  expect(readFailure({ error_code: null, error }).hint).toMatch(hint);
});
