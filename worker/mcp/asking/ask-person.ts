import type { Json } from "#contract/json";
import type { RunDetail } from "#contract/runs/run";
import type { ClientAbilities } from "./client-abilities.ts";

/**
 * What a client is to ask its person for a run that waits for people, by the approval's id, in the protocol's words; null
 * where it can ask nothing. Pure. A page comes first: there a person's own session decides, whatever the client does with
 * the request. The address opens nothing by itself; whoever follows it signs in.
 */
export function askPerson(
  run: RunDetail,
  client: ClientAbilities,
  publicUrl: string,
): Record<string, Json> | null {
  const asked = run.approval_trail;
  if (asked === null || !client.asksByUrl) return null;
  const message = `${asked.label}: ${run.worker_name} waits for a person. Open the page to see what is asked, and decide.`;
  const params = { mode: "url", message, url: `${publicUrl}/runs/${run.id}` };
  return { [asked.id]: { method: "elicitation/create", params } };
}
