import { useEffect, useState } from "react";
import { formatAgo } from "#contract/words";

const TICK_MS = 30_000;

/** How long ago something was, kept true while the page is open; the exact time is in the tooltip. */
export function Ago({ iso }: { iso: string }) {
  const [nowMs, setNowMs] = useState(() => Date.now());
  useEffect(() => {
    const timer = window.setInterval(() => setNowMs(Date.now()), TICK_MS);
    return () => window.clearInterval(timer);
  }, []);
  return (
    <time className="muted" dateTime={iso} title={new Date(iso).toLocaleString()}>
      {formatAgo(iso, nowMs)}
    </time>
  );
}
