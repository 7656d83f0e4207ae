import type { ReactNode } from "react";

/** A number with what it counts, and a word on it. */
export function Stat({ label, children, note }: { label: string; children: ReactNode; note?: ReactNode }) {
  return (
    <div className="stat">
      <dt>{label}</dt>
      <dd>
        {children}
        {note !== undefined && <span className="muted"> {note}</span>}
      </dd>
    </div>
  );
}

/** Dollars as people read them: small sums to the hundredth of a cent. */
export function formatUsd(usd: number): string {
  const digits = usd !== 0 && Math.abs(usd) < 0.1 ? 4 : 2;
  return `$${usd.toFixed(digits)}`;
}

/** A share of one as a percentage; a dash where there is none. */
export function formatShare(share: number | null): string {
  return share === null ? "–" : `${Math.round(share * 1000) / 10} %`;
}
