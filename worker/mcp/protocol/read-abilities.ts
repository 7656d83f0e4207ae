import { CLIENT_CAPABILITIES_META_KEY } from "@modelcontextprotocol/server";
import type { ServerContext } from "@modelcontextprotocol/server";
import * as z from "zod";
import { NO_ABILITIES } from "../asking/client-abilities.ts";
import type { ClientAbilities } from "../asking/client-abilities.ts";
import type { ClientSession } from "../sessions/client-session.ts";

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
  return session === null ? abilities : { ...abilities, apps: session.hasCards };
}

const introducedForm = z.looseObject({ params: z.looseObject({ capabilities: z.unknown() }) });

/** Whether a client of the first era that introduces itself by this message shows cards. Pure. */
export function introducesCards(body: unknown): boolean {
  const capabilities = introducedForm.safeParse(body).data?.params.capabilities;
  return said.safeParse(capabilities).data?.extensions?.[APPS] !== undefined;
}

/** The same of a message that nobody has taken apart yet. Pure. */
export function abilitiesOf(body: unknown): ClientAbilities {
  return abilitiesIn(bodyForm.safeParse(body).data?.params._meta);
}

function abilitiesIn(meta: unknown): ClientAbilities {
  const envelope = envelopeForm.safeParse(meta).data;
  const { extensions, elicitation } = said.safeParse(envelope?.[CLIENT_CAPABILITIES_META_KEY]).data ?? {};
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
