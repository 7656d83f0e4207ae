import type { GrantDeps } from "../access/grants/service.ts";
import type { MemberDeps } from "../access/members/service.ts";
import { toBase64Url } from "../platform/bytes.ts";
import { buildMailer } from "./alert-deps.ts";
import type { Host } from "./host.ts";

const TOKEN_BYTES = 32;

export function memberDeps(host: Host): MemberDeps {
  return {
    db: host.db,
    clock: host.clock,
    newId: host.newId,
    newLinkToken: () => `fli_${toBase64Url(crypto.getRandomValues(new Uint8Array(TOKEN_BYTES)))}`,
    // It tells of no worker; a mail that is kept on this machine lies under the workspace's own id then.
    sendMail: async ({ workspaceId, to, ...mail }) => {
      const whose = { workspace_id: workspaceId, worker_id: workspaceId };
      const answer = await buildMailer(host).send({ ...mail, ...whose, to: [to] });
      return answer.sent;
    },
  };
}

export function grantDeps(host: Host): GrantDeps {
  return { db: host.db, clock: host.clock };
}
