import { CLIENT_CAPABILITIES_META_KEY } from "@modelcontextprotocol/server";
import type { ServerContext } from "@modelcontextprotocol/server";
import * as z from "zod";
import { NO_ABILITIES } from "../sessions/client-abilities.ts";
import type { ClientAbilities } from "../sessions/client-abilities.ts";
import type { ClientSession, SessionAbilities } from "../sessions/client-session.ts";

export const TASKS = "io.modelcontextprotocol/tasks";
const APPS = "io.modelcontextprotocol/ui";

/** What a server says that it has cards in. */
export const cardCapabilities = { [APPS]: { mimeTypes: ["text/html;profile=mcp-app"] } };

const envelopeForm = z.looseObject({ [CLIENT_CAPABILITIES_META_KEY]: z.unknown() });
const bodyForm = z.looseObject({ params: z.looseObject({ _meta: z.unknown() }) });
const said = z.looseObject({
  extensions: z.record(z.string(), z.unknown()).optional(),
  elicitation: z.looseObject({ form: z.unknown(), url: z.unknown() }).partial().optional(),
});

/**
 * What a client of the newest era says of itself with each request. One of the first era has said it to a server that no
 * longer knows: nothing is held of it but what the request itself shows, and the name of its session. Pure.
 */
export function readAbilities(
  { mcpReq }: Pick<ServerContext, "mcpReq">,
  session: ClientSession | null = null,
): ClientAbilities {
  const abilities = abilitiesIn(mcpReq.envelope);
  if (session === null) return abilities;
  const { apps, asksByUrl, asksByForm } = session;
  return { ...abilities, apps, asksByUrl, asksByForm };
}

const introducedForm = z.looseObject({
  params: z.looseObject({ capabilities: z.unknown(), protocolVersion: z.string().optional() }),
});
/** From these versions on a client of the first era can be asked something, and be led to a page. */
const ASKS_SINCE = "2025-06-18";
const LEADS_SINCE = "2025-11-25";

/** What a client of the first era says of itself by this message, with which it introduces itself. Pure. */
export function introducedAbilities(body: unknown): SessionAbilities {
  const { capabilities, protocolVersion: version = "" } = introducedForm.safeParse(body).data?.params ?? {};
  const { apps, asksByUrl, asksByForm } = readCapabilities(capabilities);
  return {
    apps,
    asksByUrl: asksByUrl && version >= LEADS_SINCE,
    asksByForm: asksByForm && version >= ASKS_SINCE,
  };
}

/** The same of a message that nobody has taken apart yet. Pure. */
export function abilitiesOf(body: unknown): ClientAbilities {
  return abilitiesIn(bodyForm.safeParse(body).data?.params._meta);
}

function abilitiesIn(meta: unknown): ClientAbilities {
  return readCapabilities(envelopeForm.safeParse(meta).data?.[CLIENT_CAPABILITIES_META_KEY]);
}

function readCapabilities(capabilities: unknown): ClientAbilities {
  const { extensions, elicitation } = said.safeParse(capabilities).data ?? {};
  return {
    ...NO_ABILITIES,
    tasks: extensions?.[TASKS] === undefined ? null : "extension",
    apps: extensions?.[APPS] !== undefined,
    asksByUrl: elicitation?.url !== undefined,
    // A client that names no mode has the form alone.
    asksByForm:
      elicitation !== undefined && (elicitation.form !== undefined || elicitation.url === undefined),
  };
}
