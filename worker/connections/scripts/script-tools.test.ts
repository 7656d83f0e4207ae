import { expect, it } from "vitest";
import { verifies } from "../../../test/verifies.ts";
import { nameOf } from "./script-tools.ts";
import type { OpenedConnection } from "../tool-driver.ts";

const toolOf = (name: string, full_name: string) => ({
  name,
  full_name,
  title: null,
  description: "",
  input_schema: {},
  effect: "read" as const,
  claims: null,
  allowed: true,
  state: "new" as const,
  digest: "d",
  accepted_at: null,
});

const shared = { allowed_tools: null, scope: "full" as const, enabled: true };
const opened: OpenedConnection[] = [
  {
    wanted: {
      kind: "composio",
      name: "calendar",
      url: null,
      allowed_tools: null,
      scope: "full",
      approval: "never",
    },
    target: {
      id: "con_1",
      workspace_id: "wsp_1",
      name: "dates",
      settings: { ...shared, mcp: null, http: null, composio: { app: "googlecalendar", auth_config: null } },
    },
    tools: [toolOf("GOOGLECALENDAR_EVENTS_LIST", "dates__GOOGLECALENDAR_EVENTS_LIST")],
  },
  {
    wanted: {
      kind: "mcp",
      name: "linear",
      url: null,
      allowed_tools: null,
      scope: "full",
      approval: "never",
    },
    target: {
      id: "con_2",
      workspace_id: "wsp_1",
      name: "linear-2",
      settings: {
        ...shared,
        mcp: { url: "https://mcp.example/", transport: "streamable_http", auth: null, oauth_client: null },
        http: null,
        composio: null,
      },
    },
    tools: [
      toolOf("a/b", "linear-2__a_b_11111111"),
      toolOf("a.b", "linear-2__a_b_22222222"),
      toolOf("c/d", "linear-2__c_d"),
    ],
  },
];

it.each([
  ["calendar", "googlecalendar_events_list"],
  ["gcal", "GOOGLECALENDAR_EVENTS_LIST"],
  ["dates", "dates__GOOGLECALENDAR_EVENTS_LIST"],
])("an app's tool is found at %s as %s, as people write both", (connection, tool) => {
  expect(nameOf(opened, { connection, tool })).toBe("dates__GOOGLECALENDAR_EVENTS_LIST");
});

it("an app's tool is found by its name alone, over the connection whose id is said and no other", () => {
  verifies("script-tools:compat:composio-execute");
  const app_tool = "GOOGLECALENDAR_EVENTS_LIST";
  for (const account of [null, "", "con_1"])
    expect(nameOf(opened, { app_tool, account })).toBe("dates__GOOGLECALENDAR_EVENTS_LIST");
  expect(nameOf(opened, { app_tool, account: "con_2" })).toBe(`unknown:${app_tool}`);
  expect(nameOf(opened, { app_tool: "GMAIL_GET_PROFILE", account: null })).toBe("unknown:GMAIL_GET_PROFILE");
  expect(nameOf(opened, { app_tool: "a/b", account: "con_2" })).toBe("unknown:a/b");
});

it("what is not there gets a name that no tool can have, also where it is written nearly alike", () => {
  verifies("script-tools:calls:declared");
  const name = (tool: string, connection = "linear") => nameOf(opened, { connection, tool });
  expect(name("a/b")).toBe("linear-2__a_b_11111111");
  expect(name("a.b")).toBe("linear-2__a_b_22222222");
  expect(name("c_d")).toBe("linear-2__c_d");
  for (const tool of ["a_b", "A/B", "", "__proto__", "dates__GOOGLECALENDAR_EVENTS_LIST"])
    expect(name(tool)).toBe(`unknown:linear/${tool}`);
  expect(name("c/d", "constructor")).toBe("unknown:constructor/c/d");
  expect(name("x".repeat(500))).toHaveLength(200);
});
