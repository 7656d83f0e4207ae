import { expect, it } from "vitest";
import { readScriptSecrets } from "./read-script-secrets.ts";

it("names the secrets that a script cannot do without, each once", () => {
  const source = `
import { secret } from "floom";
const key = process.env.OPENAI_API_KEY;
export function send() { return [secret("SMTP_PASSWORD"), process.env["SLACK_TOKEN"], process.env.OPENAI_API_KEY]; }
`;
  expect(readScriptSecrets(source)).toEqual(["OPENAI_API_KEY", "SMTP_PASSWORD", "SLACK_TOKEN"]);
});

it("names nothing that has another value, that is set, that the system brings, or that is no code", () => {
  const source = `
const a = process.env.MODEL ?? "small", b = process.env.REGION || "eu";
const c = secret("OPTIONAL", "none");
process.env.SET_HERE = "1";
const d = process.env.HOME + process.env[name] + process.env.NODE_ENV;
// process.env.COMMENT
const e = 'process.env.TEXT';
const f = other.env.NOT_OURS;
`;
  expect(readScriptSecrets(source)).toEqual([]);
});
