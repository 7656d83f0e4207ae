import type { Json } from "#contract/json";
import { showLine } from "#contract/outputs/show-text";
import { formatCount } from "#contract/words";

/** Members beyond this many are counted, not shown. */
const MOST_MEMBERS = 200;

function membersOf(value: Json): [string, Json][] {
  return typeof value === "object" && value !== null ? Object.entries(value) : [];
}

function summaryOf(value: Json): string {
  const count = membersOf(value).length;
  return Array.isArray(value) ? formatCount(count, "item") : formatCount(count, "member");
}

/** JSON that opens and closes; the first level is open. */
export function JsonTree({ value, label }: { value: Json; label: string }) {
  if (typeof value !== "object" || value === null) return <code>{leafText(value)}</code>;
  return (
    <section className="json-tree" aria-label={label}>
      <Branch value={value} name="" isOpen />
    </section>
  );
}

function leafText(value: Json): string {
  return showLine(JSON.stringify(value));
}

function Branch({ value, name, isOpen = false }: { value: Json; name: string; isOpen?: boolean }) {
  const members = membersOf(value);
  return (
    <details open={isOpen}>
      <summary>
        {name !== "" && <span className="json-name">{showLine(name, 200)}: </span>}
        <span className="muted">{summaryOf(value)}</span>
      </summary>
      <ul>
        {members.slice(0, MOST_MEMBERS).map(([inner, member]) => (
          <li key={inner}>
            {typeof member === "object" && member !== null ? (
              <Branch value={member} name={inner} />
            ) : (
              <>
                <span className="json-name">{showLine(inner, 200)}: </span>
                <code>{leafText(member)}</code>
              </>
            )}
          </li>
        ))}
        {members.length > MOST_MEMBERS && (
          <li className="muted">and {(members.length - MOST_MEMBERS).toLocaleString("en-US")} more</li>
        )}
      </ul>
    </details>
  );
}
