import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useSay } from "../parts/said.tsx";

export interface Change {
  busy: boolean;
  /** What the last try met; undefined where it went well, or nothing was tried. */
  error: unknown;
  /** Does something that changes what the server has. True when it went well. */
  make: (work: () => Promise<unknown>, said: string) => Promise<boolean>;
  /** Forgets the last try's error. */
  reset: () => void;
}

/**
 * One change at a time: while it is made it is busy, when it went well that is said and everything that is shown is asked
 * for again, so that no two places on the page tell different things.
 */
export function useChange(): Change {
  const queries = useQueryClient();
  const say = useSay();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  async function make(work: () => Promise<unknown>, said: string): Promise<boolean> {
    setBusy(true);
    setError(undefined);
    try {
      await work();
      if (said !== "") say(said);
      return true;
    } catch (refusal) {
      setError(refusal);
      return false;
    } finally {
      setBusy(false);
      void queries.invalidateQueries();
    }
  }
  return { busy, error, make, reset: () => setError(undefined) };
}
