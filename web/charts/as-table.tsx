import type { ReactNode } from "react";

/** What a picture shows, as rows that can be read out and copied, folded up. */
export function AsTable({ children }: { children: ReactNode }) {
  return (
    <details>
      <summary>As a table</summary>
      {children}
    </details>
  );
}
