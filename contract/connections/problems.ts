import { kind, retryable } from "../problem-kind.ts";
import type { ProblemKind } from "../problem-kind.ts";

/** The refusals of connections. */
export const connectionProblems = {
  invalid_connection: kind(
    400,
    "The connection cannot be made like this",
    "Each entry of errors says what is wrong.",
  ),
  too_many_connections: kind(
    409,
    "The workspace has all the connections it may have",
    "Remove one that no worker uses.",
  ),
  connection_name_taken: kind(
    409,
    "Another connection has this name",
    "Choose another name, or change the one that has it.",
  ),
  connection_not_signed_in: kind(
    409,
    "Nobody has signed in at the connection's server",
    "Open the link that `floom connections authorize NAME` gives.",
  ),
  no_sign_in: kind(
    409,
    "The connection's server asks nobody to sign in",
    "Test the connection; where it takes a token, set auth to bearer:NAME_OF_A_SECRET.",
  ),
  connection_sign_in_refused: kind(
    400,
    "The sign-in was not finished",
    "Begin again with `floom connections authorize NAME`, and open the link where you are signed in to Floom.",
  ),
  composio_not_configured: kind(
    503,
    "This server has no Composio key",
    "Whoever runs it sets COMPOSIO_API_KEY. Remote MCP servers and plain HTTP need none.",
  ),
  connection_unreachable: retryable(
    kind(
      502,
      "The connection's server does not answer as it should",
      "Test the connection; the detail says what it met.",
    ),
  ),
} as const satisfies Record<string, ProblemKind>;
