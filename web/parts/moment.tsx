/** The viewer's own zone, by its name, e.g. Europe/Berlin. */
export const viewerZone = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone;

/** When the page was opened. */
const thisYear = new Date().getFullYear();

const exact = (iso: string): string =>
  `${new Date(iso).toLocaleString(undefined, { dateStyle: "full", timeStyle: "long" })}, ${iso}`;

/** A time in the viewer's zone, to the minute; hovering tells it to the second, and as it is in UTC. */
export function Moment({ iso }: { iso: string | null }) {
  if (iso === null) return <span className="muted">never</span>;
  const at = new Date(iso);
  const isThisYear = at.getFullYear() === thisYear;
  const shown = at.toLocaleString(undefined, {
    ...(isThisYear ? {} : { year: "numeric" }),
    month: "short",
    day: "numeric",
    hour: "2-digit",
    minute: "2-digit",
  });
  return (
    <time dateTime={iso} title={exact(iso)}>
      {shown}
    </time>
  );
}
