import * as z from "zod";
import { actionNameSchema } from "../ids.ts";
import { authoredEscalationRuleSchema } from "./escalation-rules.ts";
import { text } from "./key-kinds.ts";
import { httpMethods } from "./http-tool.ts";

const name = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_-]{0,63}$/)
  .meta({ rule: "Begin with a letter or underscore; then letters, digits, underscores and hyphens." });

const parameterSchema = z.strictObject({
  type: z.enum(["string", "integer", "number", "boolean", "array", "object"]).optional().meta({
    description: "What it holds.",
    rule: "Write string, integer, number, boolean, array or object.",
    default: "string",
  }),
  description: text("What it means; people and models read it."),
  required: z.boolean().optional().meta({
    description: "Whether a call needs it; one with a default is never required.",
    rule: "Write true or false.",
    default: true,
  }),
  default: z.json().optional().meta({ description: "The value when none is given.", rule: "Write a value." }),
  enum: z
    .array(z.json())
    .min(1)
    .nullable()
    .optional()
    .meta({ description: "The only values there are.", rule: "Write a list of values." }),
});

const exposedToolSchema = z.strictObject({
  name: actionNameSchema.meta({
    description: "The tool's name; its action, endpoint and MCP tool are called by it.",
    rule: "Use 1 to 48 letters, digits, underscores and hyphens.",
    code: "bad_tool_name",
  }),
  title: text("The name people see."),
  description: text("What it does; people and models read it."),
  access: z.enum(["read", "write"]).optional().meta({
    description: "Whether it only looks. One that reads by a writing method counts as writing.",
    rule: "Write read or write.",
    default: "read",
  }),
  parameters: z
    .record(name, parameterSchema)
    .optional()
    .meta({ description: "What a call takes, by name.", rule: "Write a mapping.", default: {} }),
  returns: z
    .strictObject({
      type: text("What it gives, e.g. object."),
      description: text("What that is."),
      items: z.record(z.string(), z.json()).nullable().optional().meta({
        description: "What a list holds, as JSON Schema.",
        rule: "Write a mapping.",
      }),
    })
    .optional()
    .meta({ description: "What a call gives.", rule: "Write type and description." }),
  approval: z.enum(["never", "always"]).optional().meta({
    description: "always: a person approves each call.",
    rule: "Write never or always.",
    default: "never",
  }),
  calls_per_minute: z
    .int()
    .min(1)
    .max(6000)
    .optional()
    .meta({ description: "Most calls within a minute.", rule: "Write a whole number from 1 to 6000." }),
});
export type ExposedTool = z.infer<typeof exposedToolSchema>;

const templates = (description: string) =>
  z
    .record(z.string(), z.string())
    .optional()
    .meta({ description, rule: "Write a mapping of texts.", default: {} });

const paginationSchema = z.strictObject({
  by: z.enum(["link", "cursor", "page"]).meta({
    description:
      "link: the header Link with rel=next; cursor: a value of the answer; page: a number that is counted up.",
    rule: "Write link, cursor or page.",
  }),
  parameter: text("Query key of the cursor or the page."),
  cursor_path: text("Where the answer holds the next cursor, as JMESPath."),
  items_path: text("Where the answer holds its items, as JMESPath; the whole answer when left out."),
  first: z
    .int()
    .min(0)
    .optional()
    .meta({ description: "Number of the first page.", rule: "Write a number.", default: 1 }),
  max_pages: z.int().min(1).max(20).optional().meta({
    description: "Most pages that are asked for.",
    rule: "Write a whole number from 1 to 20.",
    default: 5,
  }),
});

const retriesSchema = z.strictObject({
  max_attempts: z
    .int()
    .min(1)
    .max(5)
    .optional()
    .meta({ description: "Requests in all.", rule: "Write a whole number from 1 to 5.", default: 3 }),
  idempotency_key: text(
    "Header that carries the call's own key, e.g. Idempotency-Key. Only with it a writing request is sent again.",
    "Write the name of a header.",
  ),
});

const bridgeSchema = z.strictObject({
  tool_name: actionNameSchema.meta({ description: "Which of exposes.", rule: "Write a name of exposes." }),
  method: z
    .enum(httpMethods)
    .optional()
    .meta({
      description: "Method of the request.",
      rule: `Write ${httpMethods.join(", ")}.`,
      default: "GET",
    }),
  url: z.string().min(1).meta({
    description: "Address, with {{parameter}} in path segments and query values and {{variable}} anywhere.",
    rule: "Write an address such as https://api.example.com/items/{{id}}.",
  }),
  headers: templates("Headers; {{secret:NAME}} stands for a secret."),
  query_params: templates("Which parameter goes to which query key: parameter, then key."),
  query: templates('Query keys and what they are, e.g. per_page: "100" or token: "{{secret:TOKEN}}".'),
  body: z.enum(["json", "form", "multipart"]).optional().meta({
    description: "How body_template is sent.",
    rule: "Write json, form or multipart.",
    default: "json",
  }),
  body_template: z.json().optional().meta({
    description:
      "The body. A placeholder alone keeps its value's type; one within a text is text; what is not given is left out.",
    rule: "Write a mapping.",
  }),
  response_path: z.string().nullable().optional().meta({
    description: "What of the answer counts, as JMESPath, e.g. data.items.",
    rule: "Write text.",
  }),
  timeout_seconds: z.int().min(1).max(300).optional().meta({
    description: "How long a call may take.",
    rule: "Write whole seconds from 1 to 300.",
    default: 30,
  }),
  max_response_kb: z.int().min(1).max(4096).optional().meta({
    description: "Largest answer, in KiB.",
    rule: "Write a whole number from 1 to 4096.",
    default: 1024,
  }),
  pagination: paginationSchema
    .optional()
    .meta({ description: "How further pages are asked for.", rule: "Write by, and what it needs." }),
  retries: retriesSchema
    .optional()
    .meta({ description: "Sending again after 429, 502, 503 and 504.", rule: "Write max_attempts." }),
});
export type AuthoredBridge = z.infer<typeof bridgeSchema>;

const variableSchema = z.union([
  z.string(),
  z.strictObject({
    description: text("What it is."),
    default: z.union([z.string(), z.number()]).optional().meta({
      description: "Its value where neither the push nor the workspace gives another.",
      rule: "Write a text.",
    }),
    value: z.union([z.string(), z.number()]).optional().meta({
      description: "Its value, whatever the workspace says; what --var name=value writes.",
      rule: "Write a text.",
    }),
  }),
]);

/** Keys of worker.yml for declared HTTP tools. */
export const httpKeys = {
  exposes: z.array(exposedToolSchema).max(200).optional().meta({
    description: "Declared HTTP tools (exec.mode http): what each is called and takes.",
    rule: "Write a list of tools.",
  }),
  http_bridge: z.array(bridgeSchema).max(200).optional().meta({
    description: "The request of each tool of exposes.",
    rule: "Write a list of tool_name, method and url.",
  }),
  variables: z.record(name, variableSchema).optional().meta({
    description: "Values that differ from place to place, e.g. base_url.",
    rule: "Write a mapping of names and values.",
  }),
  escalation_rules: z.array(authoredEscalationRuleSchema).max(50).optional().meta({
    description: "Calls that wait for a person's approval; the first rule that fits counts.",
    rule: "Write a list of rules.",
  }),
};
