import type { Principal } from "#contract/access/access";
import type { Json } from "#contract/json";
import type { ApprovalTrail, RunDetail } from "#contract/runs/run";
import { mayDecideAsPerson } from "../../access/policy.ts";
import type { ClientAbilities } from "../sessions/client-abilities.ts";

/** By whose client a person is asked, and where the pages are. */
export interface Asker {
  client: ClientAbilities;
  principal: Principal;
  publicUrl: string;
}

/** What a form shows, it shows whole: a longer request is decided on its page. */
const MOST_FORM_CHARACTERS = 4000;

/** Whether a run waits for people, and not for a machine. Pure. */
export function isAskingPeople({ status, approval_trail: trail }: RunDetail): boolean {
  return status === "pending_approval" && trail?.kind === "approval";
}

/**
 * What a client is to ask its person for a run that waits for people, by the approval's id, in the protocol's words; null
 * where it can ask nothing. Pure. A page comes first: there a person's own session decides, whatever the client does with
 * the request, and the address opens nothing by itself. A form decides by what the client says, so that it is for what
 * the worker leaves to clients alone.
 */
export function askPerson(run: RunDetail, asker: Asker): Record<string, Json> | null {
  const params = describeQuestion(run, asker);
  const id = run.approval_trail?.id;
  return params === null || id === undefined ? null : { [id]: { method: "elicitation/create", params } };
}

/** What is asked then, by itself; null where there is nothing to ask, or nobody. Pure. */
export function describeQuestion(run: RunDetail, asker: Asker): Record<string, Json> | null {
  const asked = run.approval_trail;
  if (asked === null || !isAskingPeople(run)) return null;
  return asker.client.asksByUrl ? askByUrl(run, asked, asker) : askByForm(run, asked, asker);
}

/** Whether this client may say its person's decision on what the run asks. Pure. */
export function mayDecideInClient(run: RunDetail, { principal }: Pick<Asker, "principal">): boolean {
  const { workspace_id } = principal;
  const resource = { workspace_id, worker_id: run.worker_uid, worker_name: run.worker_id };
  return run.approval_trail?.decide_in_client === true && mayDecideAsPerson(principal, resource);
}

function askByUrl(run: RunDetail, { label }: ApprovalTrail, { publicUrl }: Asker): Record<string, Json> {
  const message = `${label}: ${run.worker_name} waits for a person. Open the page to see what is asked, and decide.`;
  return { mode: "url", message, url: `${publicUrl}/runs/${run.id}` };
}

function askByForm(run: RunDetail, asked: ApprovalTrail, asker: Asker): Record<string, Json> | null {
  if (!asker.client.asksByForm || !mayDecideInClient(run, asker)) return null;
  const shown = [asked.label, asked.preview ?? "", JSON.stringify(run.outputs, null, 1)].filter(
    (text) => text !== "",
  );
  const message = `${run.worker_name} asks before it acts.\n${shown.join("\n")}`;
  if (message.length > MOST_FORM_CHARACTERS) return null;
  return {
    mode: "form",
    message,
    requestedSchema: {
      type: "object",
      properties: {
        confirm: { type: "boolean", title: "Do it", description: "Off rejects it." },
        reason: { type: "string", title: "Reason", maxLength: 1000 },
      },
      required: ["confirm"],
    },
  };
}
