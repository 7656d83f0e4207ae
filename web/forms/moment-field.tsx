import { zoneName } from "#contract/forms/form";
import type { FieldOf } from "#contract/forms/form";
import { FieldFrame } from "./field-frame.tsx";
import { elementId, useForm } from "./form-context.ts";
import { useText } from "./text-controls.tsx";

const inputTypes = { date: "date", time: "time", datetime: "datetime-local" } as const;

/** A day, a time, or both; a time may say its zone, and the offset on that day is worked out when the form is sent. */
export function MomentField({ field, name }: { field: FieldOf<"moment">; name: string }) {
  const [text, setText] = useText(name);
  return (
    <FieldFrame field={field} name={name}>
      {(attributes) => (
        <span className="with-zone">
          <input
            {...attributes}
            type={inputTypes[field.kind]}
            step={field.kind === "date" ? undefined : "any"}
            aria-required={field.required}
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
          />
          {field.kind === "datetime" && <ZoneSelect label={field.label} name={zoneName(name)} />}
        </span>
      )}
    </FieldFrame>
  );
}

function ZoneSelect({ label, name }: { label: string; name: string }) {
  const form = useForm();
  const [zone, setZone] = useText(name);
  const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const known = Intl.supportedValuesOf("timeZone").filter((one) => one !== own);
  const isOther = !["", "UTC", own, ...known].includes(zone);
  return (
    <select
      id={elementId(form, name)}
      name={name}
      aria-label={`Time zone of ${label}`}
      value={zone}
      onChange={(event) => setZone(event.currentTarget.value)}
    >
      <option value="">No time zone</option>
      {isOther && <option value={zone}>{zone}</option>}
      <option value={own}>{own} (here)</option>
      {own !== "UTC" && <option value="UTC">UTC</option>}
      {known.map((one) => (
        <option key={one} value={one}>
          {one}
        </option>
      ))}
    </select>
  );
}
