import type { Manifest } from "#contract/manifest/manifest";
import type { NewAbility } from "#contract/versions/version";

type Kind = NewAbility["kind"];
type Named = Manifest["connections"][number];

const ability = (kind: Kind, what: string, detail: string): NewAbility => ({ kind, what, detail });

function added(before: readonly string[], after: readonly string[]): string[] {
  return [...new Set(after)].filter((name) => !before.includes(name)).sort();
}

const secretsOf = ({ exec, capabilities }: Manifest) => [...exec.secrets, ...capabilities.secrets];

/** An empty allow-list is the open internet; one with entries shuts everything else out (see e2b-driver). */
function newNetwork(before: Manifest, after: Manifest): NewAbility[] {
  const [old, now] = [before.capabilities.network, after.capabilities.network];
  const wasOpen = old.allow_out.length === 0;
  const isOpen = now.allow_out.length === 0;
  if (isOpen && !wasOpen) return [ability("network", "*", "It may reach any host on the internet.")];
  const hosts = isOpen || wasOpen ? [] : added(old.allow_out, now.allow_out);
  const freed = added(now.deny_out, old.deny_out);
  return [
    ...hosts.map((host) => ability("network", host, `It may reach ${host}.`)),
    ...freed.map((host) => ability("network", host, `${host} is no longer denied.`)),
  ];
}

function nameOf(item: Named): string {
  const named = item["app"] ?? item["composio"] ?? item["mcp"] ?? item["browser_session"] ?? item["name"];
  return typeof named === "string" ? named : JSON.stringify(named ?? item);
}

/** Entries that are new or are not what they were; a read-only one that became full is both. */
function newEntries(before: readonly Named[], after: readonly Named[]): Named[] {
  const known = new Set(before.map((item) => JSON.stringify(item)));
  return after.filter((item) => !known.has(JSON.stringify(item)));
}

function newConnections(before: Manifest, after: Manifest): NewAbility[] {
  return newEntries(before.connections, after.connections).map((item) => {
    const name = nameOf(item);
    return ability("connection", name, `It may use the connection ${name} in a way it could not before.`);
  });
}

function newContexts(before: Manifest, after: Manifest): NewAbility[] {
  return newEntries(before.contexts, after.contexts).map((item) => {
    const name = nameOf(item);
    return ability(
      "context",
      name,
      `It may read${item["writeable"] === true ? " and write" : ""} the context ${name}.`,
    );
  });
}

function newTriggers(before: Manifest, after: Manifest): NewAbility[] {
  const known = new Set(before.triggers.map((trigger) => JSON.stringify(trigger)));
  const fresh = after.triggers.filter(
    (trigger) => trigger.type !== "manual" && !known.has(JSON.stringify(trigger)),
  );
  return fresh.map((trigger) => {
    const what = trigger.cron === undefined ? trigger.type : `${trigger.type} ${trigger.cron}`;
    return ability("trigger", what, `It may be started by the trigger ${what}.`);
  });
}

function newLimits(before: Manifest, after: Manifest): NewAbility[] {
  const [old, now] = [before.limits.timeout_seconds, after.limits.timeout_seconds];
  return [
    ...(before.approvals.required && !after.approvals.required
      ? [ability("approval_dropped", "approvals.required", "It may act without anybody's approval.")]
      : []),
    ...(now > old
      ? [ability("longer_timeout", String(now), `It may run for ${now} seconds instead of ${old}.`)]
      : []),
  ];
}

/** What a worker may do with manifest `after` that it may not do with `before`. Pure. */
export function mayNewly(before: Manifest, after: Manifest): NewAbility[] {
  const secrets = added(secretsOf(before), secretsOf(after));
  const calls = added(before.calls, after.calls);
  const tools = added(after.exec.disable_tools, before.exec.disable_tools);
  return [
    ...newLimits(before, after),
    ...secrets.map((name) => ability("secret", name, `It may read the secret ${name}.`)),
    ...newNetwork(before, after),
    ...newConnections(before, after),
    ...tools.map((name) => ability("tool", name, `It may use the tool ${name}.`)),
    ...calls.map((name) => ability("call", name, `It may call the worker ${name}.`)),
    ...newContexts(before, after),
    ...newTriggers(before, after),
  ];
}
