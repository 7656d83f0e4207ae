import { useEffect, useRef, useState } from "react";
import type { ReactNode } from "react";

/** Loads and shows what is below the screen once somebody comes near it; until then its place is held. */
export function WhenSeen({ children, className }: { children: ReactNode; className: string }) {
  const place = useRef<HTMLDivElement>(null);
  const [isSeen, setSeen] = useState(false);
  useEffect(() => {
    const element = place.current;
    if (element === null) return undefined;
    const watcher = new IntersectionObserver(
      (entries) => {
        if (entries.some(({ isIntersecting }) => isIntersecting)) setSeen(true);
      },
      { rootMargin: "200px" },
    );
    watcher.observe(element);
    return () => watcher.disconnect();
  }, []);
  return (
    <div ref={place} className={isSeen ? undefined : className}>
      {isSeen && children}
    </div>
  );
}
