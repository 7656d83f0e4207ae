import { Authority, makeOwnAuthority } from "../../sandbox/src/egress/authority.ts";
import { certifyHost, exportKey, makeAuthority, makeKey } from "../../sandbox/src/egress/certificate.ts";

const HOUR_MS = 3_600_000;
const NAME = "an authority of the test's own";

const validity = () => ({ from: Date.now() - HOUR_MS, until: Date.now() + HOUR_MS });

/** What a sandbox server certifies hosts with. */
export function makeServerAuthority(): Authority {
  return new Authority(makeOwnAuthority(Date.now()), Date.now);
}

/** An authority outside, and keys of hosts that it has certified. */
export function makeOutsideAuthority() {
  const own = makeAuthority(NAME, validity());
  return {
    certificate: own.certificate,
    /** Key and certificate (PEM) of a host. `expired`: it was good until a minute ago. */
    certify(name: string, { expired = false } = {}): { key: string; cert: string } {
      const key = makeKey();
      const { from, until } = validity();
      const times = expired ? { from, until: Date.now() - 60_000 } : { from, until };
      const cert = certifyHost({ ...own, name: NAME }, { name, key, ...times });
      return { key: exportKey(key), cert };
    },
  };
}
