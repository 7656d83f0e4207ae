/** A secret that goes into requests to its hosts and never into the sandbox. */
export interface BoundSecret {
  name: string;
  hosts: readonly string[];
  /** In lower case. */
  header: string;
  /** The header's whole text, with the value in it. */
  text: string;
}

/** By host, by header in lower case. */
export type HeadersByHost = Record<string, Record<string, string>>;

/** What is put into requests where, or the sentence that says why that cannot be: two secrets in one header. Pure. */
export function putHeaders(
  bound: readonly BoundSecret[],
): { kind: "put"; headers: HeadersByHost } | { kind: "clash"; message: string } {
  const headers: HeadersByHost = {};
  const owners = new Map<string, string>();
  for (const { name, hosts, header, text } of bound) {
    for (const host of hosts) {
      const place = `${host} ${header}`;
      const other = owners.get(place);
      if (other !== undefined) {
        const message = `The secrets ${other} and ${name} are both put into the header ${header} of requests to ${host}.`;
        return { kind: "clash", message };
      }
      owners.set(place, name);
      headers[host] = { ...headers[host], [header]: text };
    }
  }
  return { kind: "put", headers };
}
