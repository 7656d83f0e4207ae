import type { Principal } from "#contract/access/access";
import { sha256Hex } from "../../platform/crypto.ts";
import type { ClientSession } from "../sessions/client-session.ts";

// owns the ids of questions that go to a client of the first era on the stream of its call. The answer is another request,
// which any isolate may get: all that it takes to find what it is about stands in the id, and nothing is kept of it.

const FORM = /^ask_([\da-z]{26})_([\da-z]{26})_([\da-f]{32})$/;

/** Whom a question goes to, and about which approval. */
export interface Asked {
  principal: Pick<Principal, "id" | "workspace_id">;
  session: Pick<ClientSession, "name">;
  approval: string;
}

/** The question by which a call of `run` asks; `nonce` is an id that there is but once. */
export async function nameQuestion(asked: Asked, { run, nonce }: Record<"run" | "nonce", string>) {
  const [, of = ""] = run.split("_");
  const [, once = ""] = nonce.split("_");
  return `ask_${of}_${once}_${await sign(asked, `${of}_${once}`)}`;
}

/** The run whose call asks by this id; null for what is no such id. Pure. */
export function runOfQuestion(id: string): string | null {
  const [, of] = FORM.exec(id) ?? [];
  return of === undefined ? null : `run_${of}`;
}

/** Whether this id was made for this client, about this approval. */
export async function isQuestionTo(asked: Asked, id: string): Promise<boolean> {
  const [, of, once, digest] = FORM.exec(id) ?? [];
  return digest !== undefined && digest === (await sign(asked, `${of}_${once}`));
}

async function sign({ principal, session, approval }: Asked, name: string): Promise<string> {
  const said = [principal.workspace_id, principal.id, session.name, approval, name];
  return (await sha256Hex(JSON.stringify(said))).slice(0, 32);
}
