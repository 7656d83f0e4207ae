import { randomUUID } from "node:crypto";
import type { StreamAnswer } from "../../../worker/mcp/questions/hear-answer.ts";
import { refuse, tell } from "../../../worker/mcp/tool-result.ts";
import type { ToolResult } from "../../../worker/mcp/tool-result.ts";
import type { ToolCall } from "../../../worker/mcp/tool-source.ts";

// The suite's tools that ask a client of the first era something within a call. What the suite wants to see asked is in its
// own words; that the answer finds its call is what is judged.

const titled = (values: Record<string, string>) =>
  Object.entries(values).map(([value, title]) => ({ const: value, title }));
const options = ["option1", "option2", "option3"];
const choices = titled({ value1: "First Choice", value2: "Second Choice", value3: "Third Choice" });

/** What each of these tools asks for, by its name. */
export const askingForms: Readonly<Record<string, Record<string, object>>> = {
  test_elicitation: {
    username: { type: "string", description: "User's response" },
    email: { type: "string", description: "User's email address" },
  },
  test_elicitation_sep1034_defaults: {
    name: { type: "string", default: "John Doe" },
    age: { type: "integer", default: 30 },
    score: { type: "number", default: 95.5 },
    status: { type: "string", enum: ["active", "inactive", "pending"], default: "active" },
    verified: { type: "boolean", default: true },
  },
  test_elicitation_sep1330_enums: {
    untitledSingle: { type: "string", enum: options },
    titledSingle: { type: "string", oneOf: choices },
    legacyEnum: {
      type: "string",
      enum: ["opt1", "opt2", "opt3"],
      enumNames: ["Option One", "Option Two", "Option Three"],
    },
    untitledMulti: { type: "array", items: { type: "string", enum: options } },
    titledMulti: { type: "array", items: { anyOf: choices } },
  },
};

/** Whoever waits for an answer, by the question's id. */
const waiting = new Map<string, (result: unknown) => void>();

export const hearFixtureAnswer = async ({ id, result }: StreamAnswer): Promise<void> =>
  waiting.get(id)?.(result);

/** Null for what is none of these tools. */
export async function callAskingFixture({ name, stream }: ToolCall): Promise<ToolResult | null> {
  const properties = askingForms[name];
  if (properties === undefined) return null;
  if (stream === null) return refuse({ code: "no_elicitation", detail: "This client asks nobody." });
  const id = randomUUID();
  const answered = new Promise<unknown>((resolve) => waiting.set(id, resolve));
  const requestedSchema = { type: "object", properties, required: Object.keys(properties) };
  const params = { message: `Please answer for ${name}.`, requestedSchema };
  await stream.send({ id, method: "elicitation/create", params });
  return tell({ answered: (await answered) as object });
}
