import type { AuditEvent } from "#contract/audit/audit";

/** Who did what, to what, and how that ended. Pure. */
export function describeEvent({ actor, action, resource, outcome, code }: AuditEvent): string[] {
  return [
    actor.user_id ?? actor.id,
    action,
    resource === null ? "-" : `${resource.kind}/${resource.id}`,
    code === null ? outcome : `${outcome}: ${code}`,
  ];
}
