import type { Json } from "#contract/json";
import { showText } from "#contract/outputs/show-text";
import { JsonTree } from "./json-tree.tsx";
import { readableName } from "../parts/input-edits.tsx";

/** Values under their names, to the letter: of inputs, and of what is to be let out. */
export function NamedValues({
  values,
  className,
}: {
  values: Readonly<Record<string, Json>>;
  className: string;
}) {
  return (
    <dl className={className}>
      {Object.entries(values).map(([name, value]) => (
        <div key={name} className="same-row">
          <dt title={name}>{readableName(name)}</dt>
          <dd className="preserved">
            {typeof value === "string" ? (
              showText(value).text
            ) : (
              <JsonTree value={value} label={readableName(name)} />
            )}
          </dd>
        </div>
      ))}
    </dl>
  );
}
