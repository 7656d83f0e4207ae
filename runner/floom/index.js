"use strict";
// What JavaScript workers can import: `import { approve } from "floom"` or `const { approve } = require("floom")`.
const { existsSync, readFileSync, writeFileSync } = require("node:fs");
const { join } = require("node:path");

const inDir = (name) => join(process.env.FLOOM_INPUT_DIR ?? ".", name);
const resultPath = () => join(process.env.FLOOM_OUTPUT_DIR ?? ".", "result.json");
const readObject = (path) => (existsSync(path) ? JSON.parse(readFileSync(path, "utf8")) : {});

let isAnswered = false;

/** The inputs of this run by name. File inputs are paths relative to the working directory. */
exports.inputs = function inputs() {
  return readObject(inDir("inputs.json"));
};

/** The value of a declared secret. Throws when it is not set and there is no other value. */
exports.secret = function secret(name, otherwise) {
  const value = process.env[name] ?? otherwise;
  if (value === undefined)
    throw new Error(
      `the secret ${name} is not set; declare it under exec.secrets in worker.yml and set its value`,
    );
  return value;
};

/** Sets one output now, in result.json: a value, or for a file output its path, or the text or JSON it shall hold. */
exports.writeOutput = function writeOutput(name, value) {
  const document = readObject(resultPath());
  const outputs = { ...document.outputs, [name]: value };
  writeFileSync(resultPath(), JSON.stringify({ status: "success", ...document, outputs }));
};

/**
 * Goes on only when a person has agreed, and returns what was agreed to: `outputs` and those told by `writeOutput` before,
 * with the person's changes. The worker needs `approvals: {required: true}`.
 *
 * The run ends here, without a sandbox that waits; once it is approved the script starts again from its top, in a run of
 * its own, and this call returns. So what comes before it happens twice and may do nothing but prepare.
 */
exports.approve = function approve({ label, preview, previewType, outputs } = {}) {
  const decision = process.env.FLOOM_DECISION;
  if (decision === "approved") {
    if (isAnswered)
      throw new Error("approve() can ask once in a run: put all that is to be approved into one question");
    isAnswered = true;
    const answer = exports.inputs().approved_output;
    return typeof answer === "object" && answer !== null ? answer : {};
  }
  if (decision === undefined && process.env.FLOOM_RUN_ID !== undefined)
    throw new Error("approve() asks nobody here: write approvals: {required: true} in worker.yml");
  const document = readObject(resultPath());
  const decision_required = { label, preview, preview_type: previewType };
  const proposed = { ...document.outputs, ...outputs };
  const result = { ...document, status: "success", outputs: proposed, decision_required };
  writeFileSync(resultPath(), JSON.stringify(result));
  if (decision === undefined)
    console.log(
      `approve: ${label ?? "Approve action"}; outside Floom nobody is asked, so the script ends here`,
    );
  process.exit(0);
};
