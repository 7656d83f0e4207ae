import { useState } from "react";
import type { ActionDefinition } from "#contract/actions/action";
import { actionRoutes } from "#contract/actions/routes";
import { missedRuleSchema } from "#contract/manifest/manifest";
import { triggerRoutes } from "#contract/triggers/routes";
import { useApi } from "../../api/api-context.ts";
import { describeError } from "../../api/describe-error.ts";
import { useChange } from "../../ui/use-change.ts";
import { useRead } from "../../api/use-read.ts";
import { useInputs } from "../../forms/use-inputs.tsx";
import { Loaded } from "../../parts/loaded.tsx";
import { ChoiceField, TextField } from "../../parts/labelled.tsx";
import { Moment, viewerZone } from "../../parts/moment.tsx";
import { DialogBox, FormDialog, textOf } from "../../ui/dialog.tsx";

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

const firstDraft: Draft = { rhythm: "daily", time: "08:00", weekday: "1", day: "1", cron: "0 8 * * *" };
const isRhythm = (word: string): word is Rhythm => rhythms.some(([name]) => name === word);
const zones = (): readonly string[] => ["UTC", ...Intl.supportedValuesOf("timeZone")];

interface ScheduleDialogProps {
  worker: string;
  onClose: () => void;
}

/** Gives a worker a schedule: chosen in words, with the next five times shown as it is chosen, and what its runs are given. */
export function ScheduleDialog({ worker, onClose }: ScheduleDialogProps) {
  const [chosen, setChosen] = useState("");
  const actions = useRead(actionRoutes.listActions, { params: { worker } });
  const action = actions.data?.find(({ name }) => name === chosen) ?? actions.data?.[0];
  if (actions.data === undefined || action === undefined) {
    return (
      <DialogBox title="Add a schedule" onClose={onClose}>
        <Loaded query={actions} what="what it does">
          {() => <p>This worker does nothing that can be started.</p>}
        </Loaded>
      </DialogBox>
    );
  }
  return (
    <ScheduleForm
      key={action.name}
      worker={worker}
      actions={actions.data}
      action={action}
      onAction={setChosen}
      onClose={onClose}
    />
  );
}

interface ScheduleFormProps extends ScheduleDialogProps {
  actions: readonly ActionDefinition[];
  action: ActionDefinition;
  onAction: (name: string) => void;
}

function ScheduleForm({ worker, actions, action, onAction, onClose }: ScheduleFormProps) {
  const api = useApi();
  const change = useChange();
  const given = useInputs(action);
  const [draft, setDraft] = useState<Draft>(firstDraft);
  const [timezone, setTimezone] = useState(viewerZone);
  const cron = cronOf(draft);
  async function send(form: FormData): Promise<void> {
    const inputs = given.read();
    if (inputs === null) return;
    const missed = missedRuleSchema.options.find((rule) => rule === textOf(form, "missed")) ?? "skip";
    const json = {
      type: "schedule" as const,
      cron,
      timezone,
      missed,
      inputs,
      ...(actions.length > 1 ? { action: action.name } : {}),
    };
    const work = () =>
      api.call(triggerRoutes.createTrigger, { params: { worker }, json }).catch((error: unknown) => {
        given.place(error);
        throw error;
      });
    if (await change.make(work, "The schedule is made.")) onClose();
  }
  return (
    <FormDialog
      title="Add a schedule"
      action="Add the schedule"
      change={change}
      onSend={(form) => void send(form)}
      onClose={onClose}
    >
      <Rhythms draft={draft} onChange={(part) => setDraft({ ...draft, ...part })} />
      <ChoiceField
        label="In the time zone"
        value={timezone}
        choices={zones().map((zone) => [zone, zone] as const)}
        onChange={(event) => setTimezone(event.currentTarget.value)}
      />
      <Preview cron={cron} timezone={timezone} />
      <ChoiceField
        name="missed"
        label="Times that passed while nothing could start"
        choices={[
          ["skip", "Leave them out"],
          ["once", "Start the newest of them"],
          ["all", "Start all of them"],
        ]}
      />
      {actions.length > 1 && (
        <ChoiceField
          label="Starts"
          value={action.name}
          choices={actions.map(({ name, title }) => [name, title] as const)}
          onChange={(event) => onAction(event.currentTarget.value)}
        />
      )}
      {given.fields}
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
