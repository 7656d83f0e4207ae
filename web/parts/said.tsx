import { createContext, use, useCallback, useEffect, useState } from "react";
import type { ReactNode } from "react";

const SHOWN_MS = 6_000;

const SayContext = createContext<(text: string) => void>(() => undefined);

/** Says in one line what was done: shown for some seconds, and read out by screen readers. */
export function useSay(): (text: string) => void {
  return use(SayContext);
}

/** The place where what was done is said; around everything that says something. */
export function Said({ children }: { children: ReactNode }) {
  const [said, setSaid] = useState({ text: "", at: 0 });
  const say = useCallback((text: string) => setSaid((last) => ({ text, at: last.at + 1 })), []);
  useEffect(() => {
    if (said.text === "") return undefined;
    const timer = window.setTimeout(() => setSaid((last) => ({ ...last, text: "" })), SHOWN_MS);
    return () => window.clearTimeout(timer);
  }, [said]);
  return (
    <SayContext value={say}>
      {children}
      <output className={said.text === "" ? "said visually-hidden" : "said"}>
        {/* A text of its own each time: a screen reader reads the same words again only where they are new in the page. */}
        <span key={said.at}>{said.text}</span>
      </output>
    </SayContext>
  );
}
