import { useEffect, useEffectEvent, useState } from "react";
import type { RefObject } from "react";
import { listDropped } from "./read-folder.ts";
import type { ChosenFile } from "./read-folder.ts";

/** Takes the files that are dropped on an element, or pasted into it; true while some are held over it. */
export function useDrop(
  zone: RefObject<HTMLElement | null>,
  onFiles: (files: readonly ChosenFile[]) => void,
): boolean {
  const [isOver, setOver] = useState(false);
  const take = useEffectEvent(async (given: DataTransfer) => {
    const found = await listDropped(given.items);
    if (found.length > 0) onFiles(found);
  });
  useEffect(() => {
    const element = zone.current;
    if (element === null) return undefined;
    const listening = new AbortController();
    const { signal } = listening;
    element.addEventListener(
      "dragover",
      (event) => {
        event.preventDefault();
        setOver(true);
      },
      { signal },
    );
    element.addEventListener("dragleave", () => setOver(false), { signal });
    element.addEventListener(
      "drop",
      (event) => {
        event.preventDefault();
        setOver(false);
        if (event.dataTransfer !== null) void take(event.dataTransfer);
      },
      { signal },
    );
    element.addEventListener(
      "paste",
      (event) => {
        if (event.clipboardData === null || event.clipboardData.files.length === 0) return;
        event.preventDefault();
        void take(event.clipboardData);
      },
      { signal },
    );
    return () => listening.abort();
  }, [zone]);
  return isOver;
}
