// Owns the tokens of a worker's own address, `/webhooks/{worker}?token=`: makes new ones.
// Never shows a token a second time, and never takes one from outside.
// Writes the sealed tokens of a worker's row.
import type { Principal } from "#contract/access/access";
import type { RotatedToken } from "#contract/hooks/delivery";
import { actorOf } from "../access/principal.ts";
import { requireWorker } from "../catalog/require-worker.ts";
import { AppError } from "../platform/app-error.ts";
import { toIsoOrNull } from "../platform/clock.ts";
import { rotateSecrets } from "../platform/secrets/rotating-secret.ts";
import { newWorkerToken, openWorkerTokens, sealWorkerTokens } from "./hook-secrets.ts";
import type { HookDeps } from "./hook-service.ts";
import { putTokenBox } from "./hook-store.ts";

/** Gives a worker a new token and answers it, once. The newest old one, or the first one, stays good for the overlap. */
export async function rotateToken(
  deps: Pick<HookDeps, "db" | "clock" | "boxKeys">,
  principal: Principal,
  of: { workerName: string; overlapSeconds: number; linkOrigin: string },
): Promise<RotatedToken> {
  const { worker } = await requireWorker(deps, principal, { name: of.workerName, scope: "workers:write" });
  const now = deps.clock();
  const place = { worker_id: worker.id, token_box: worker.hook_token_box };
  const known = await openWorkerTokens(deps.boxKeys, place, now);
  const rotation = {
    value: newWorkerToken(),
    now,
    overlapSeconds: of.overlapSeconds,
    by: actorOf(principal),
  };
  const tokens = rotateSecrets(known, rotation);
  const to = await sealWorkerTokens(deps.boxKeys, worker.id, tokens);
  if (!(await putTokenBox(deps.db, worker.id, { from: place.token_box, to })))
    throw new AppError("conflict", "Somebody else rotated the token at the same time; rotate it again.");

  return {
    worker_id: worker.name,
    token: rotation.value,
    url: `${of.linkOrigin}/webhooks/${worker.id}?token=${rotation.value}`,
    previous_valid_until: toIsoOrNull(tokens[1]?.expires_at ?? null),
  };
}
