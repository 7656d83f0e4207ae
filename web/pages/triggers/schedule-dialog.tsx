import { useState } from "react";
import { triggerRoutes } from "#contract/triggers/routes";
import { useApi } from "../../api/api-context.ts";
import { describeError } from "../../api/describe-error.ts";
import { useChange } from "../../ui/use-change.ts";
import { useRead } from "../../api/use-read.ts";
import { ChoiceField, TextField } from "../../parts/labelled.tsx";
import { Moment, viewerZone } from "../../parts/moment.tsx";
import { FormDialog, textOf } from "../../ui/dialog.tsx";

type Rhythm = "hourly" | "daily" | "weekdays" | "weekly" | "monthly" | "own";

const rhythms: readonly (readonly [Rhythm, string])[] = [
  ["daily", "Every day"],
  ["weekdays", "On weekdays"],
  ["weekly", "Every week"],
  ["monthly", "Every month"],
  ["hourly", "Every hour"],
  ["own", "As a cron expression"],
];
const weekdays = [
  ["1", "Monday"],
  ["2", "Tuesday"],
  ["3", "Wednesday"],
  ["4", "Thursday"],
  ["5", "Friday"],
  ["6", "Saturday"],
  ["0", "Sunday"],
] as const;

interface Draft {
  rhythm: Rhythm;
  time: string;
  weekday: string;
  day: string;
  cron: string;
}

/** The cron expression of what was chosen. Pure. */
export function cronOf({ rhythm, time, weekday, day, cron }: Draft): string {
  const [hour = "0", minute = "0"] = time.split(":").map((part) => String(Number(part)));
  switch (rhythm) {
    case "hourly":
      return `${minute} * * * *`;
    case "daily":
      return `${minute} ${hour} * * *`;
    case "weekdays":
      return `${minute} ${hour} * * 1-5`;
    case "weekly":
      return `${minute} ${hour} * * ${weekday}`;
    case "monthly":
      return `${minute} ${hour} ${day} * *`;
    case "own":
      return cron;
  }
}

const isRhythm = (word: string): word is Rhythm => rhythms.some(([name]) => name === word);
const zones = (): readonly string[] => ["UTC", ...Intl.supportedValuesOf("timeZone")];

/** Gives a worker a schedule: chosen in words, with the next five times shown as it is chosen. */
export function ScheduleDialog({ worker, onClose }: { worker: string; onClose: () => void }) {
  const api = useApi();
  const change = useChange();
  const [draft, setDraft] = useState<Draft>({
    rhythm: "daily",
    time: "08:00",
    weekday: "1",
    day: "1",
    cron: "0 8 * * *",
  });
  const [timezone, setTimezone] = useState(viewerZone);
  const cron = cronOf(draft);
  const update = (part: Partial<Draft>) => setDraft({ ...draft, ...part });
  async function send(form: FormData): Promise<void> {
    const missed = textOf(form, "missed");
    const done = await change.make(
      () =>
        api.call(triggerRoutes.createTrigger, {
          params: { worker },
          json: {
            type: "schedule",
            cron,
            timezone,
            missed: missed === "all" || missed === "once" ? missed : "skip",
          },
        }),
      "The schedule is made.",
    );
    if (done) onClose();
  }
  return (
    <FormDialog
      title="Add a schedule"
      action="Add the schedule"
      change={change}
      onSend={(form) => void send(form)}
      onClose={onClose}
    >
      <Rhythms draft={draft} onChange={update} />
      <ChoiceField
        label="In the time zone"
        value={timezone}
        choices={zones().map((zone) => [zone, zone] as const)}
        onChange={(event) => setTimezone(event.currentTarget.value)}
      />
      <ChoiceField
        name="missed"
        label="Times that passed while nothing could start"
        choices={[
          ["skip", "Leave them out"],
          ["once", "Start the newest of them"],
          ["all", "Start all of them"],
        ]}
      />
      <Preview cron={cron} timezone={timezone} />
    </FormDialog>
  );
}

function Rhythms({ draft, onChange }: { draft: Draft; onChange: (part: Partial<Draft>) => void }) {
  const { rhythm } = draft;
  return (
    <>
      <ChoiceField
        label="How often"
        value={rhythm}
        choices={rhythms}
        onChange={({ currentTarget: { value } }) => {
          if (isRhythm(value)) onChange({ rhythm: value, cron: cronOf(draft) });
        }}
      />
      {rhythm === "own" ? (
        <TextField
          label="Cron expression"
          hint="Five fields: minute, hour, day, month, day of the week."
          value={draft.cron}
          spellCheck={false}
          onChange={(event) => onChange({ cron: event.currentTarget.value })}
        />
      ) : (
        <TextField
          label={rhythm === "hourly" ? "At the minute of" : "At"}
          type="time"
          required
          value={draft.time}
          onChange={(event) => onChange({ time: event.currentTarget.value })}
        />
      )}
      {rhythm === "weekly" && (
        <ChoiceField
          label="On"
          value={draft.weekday}
          choices={weekdays}
          onChange={(event) => onChange({ weekday: event.currentTarget.value })}
        />
      )}
      {rhythm === "monthly" && (
        <TextField
          label="On day"
          type="number"
          min={1}
          max={28}
          required
          value={draft.day}
          onChange={(event) => onChange({ day: event.currentTarget.value })}
        />
      )}
    </>
  );
}

/** The next times of what is chosen, as the server counts them. */
function Preview({ cron, timezone }: { cron: string; timezone: string }) {
  const preview = useRead(triggerRoutes.previewSchedule, { query: { cron, timezone } });
  return (
    <section aria-label="The next times" className="preview" aria-live="polite">
      <h3>Starts next</h3>
      {preview.isError && <p className="field-error">{describeError(preview.error).detail}</p>}
      {preview.isPending && <div className="skeleton" />}
      {preview.data !== undefined && (
        <ol>
          {preview.data.next.map((at) => (
            <li key={at}>
              <Moment iso={at} />
            </li>
          ))}
        </ol>
      )}
    </section>
  );
}
