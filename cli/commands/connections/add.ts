import type { CreateConnection } from "#contract/connections/connection";
import { connectionRoutes } from "#contract/connections/routes";
import { usageError } from "../../cli-error.ts";
import type { Run } from "../../command.ts";
import { exitCodes } from "../../exit-code.ts";
import { tellConnection } from "./tell-connection.ts";
import type { addConnectionSpec } from "./specs.ts";

type Options = Parameters<Run<typeof addConnectionSpec>>[1]["options"];

/** Makes a connection, and says where to sign in where that is needed. */
export const run: Run<typeof addConnectionSpec> = async (context, { args, options }) => {
  const { output, json } = context;
  const wanted = buildConnection(args.name, options);
  const api = await context.api();
  const made = await api.call(connectionRoutes.createConnection, { json: wanted });
  if (json) {
    output.document(made);
    return exitCodes.ok.code;
  }
  tellConnection(output, made);
  if (made.status !== "pending") return exitCodes.ok.code;
  const link = await api.call(connectionRoutes.authorizeConnection, { params: { connection: made.id } });
  output.note("Sign in here, in a browser that is signed in to Floom, within ten minutes:");
  output.line(link.url);
  return exitCodes.ok.code;
};

function buildConnection(name: string, options: Options): CreateConnection {
  const { mcp, app, http, secret, header } = options;
  const named = [mcp, app, http].filter((one) => one !== undefined);
  if (named.length !== 1)
    throw usageError("Say to what: exactly one of --mcp <url>, --app <slug> and --http <url>.");
  const shared = {
    name,
    owner: options.mine ? ("me" as const) : ("workspace" as const),
    scope: options.readOnly ? ("read_only" as const) : ("full" as const),
    ...(options.tool.length === 0 ? {} : { allowed_tools: options.tool }),
  };
  if (mcp !== undefined) {
    const auth = secret === undefined ? null : `bearer:${secret}`;
    const transport = options.sse ? "sse" : "streamable_http";
    return { kind: "mcp", ...shared, mcp: { url: mcp, transport, auth, oauth_client: null } };
  }
  if (app !== undefined)
    return { kind: "composio", ...shared, composio: { app: app.toLowerCase(), auth_config: null } };
  if (secret === undefined)
    throw usageError("An HTTP API needs --secret <NAME>, a secret that is set already.");
  return {
    kind: "http",
    ...shared,
    http: { base_url: http ?? "", secret, header: header ?? "Authorization: Bearer {value}" },
  };
}
