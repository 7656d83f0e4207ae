import type { ReactNode } from "react";
import type { FieldOf, FormField } from "#contract/forms/form";
import { ChecksField, RadioField, SelectField, SwitchField } from "./choice-controls.tsx";
import { CodeField } from "./code-field.tsx";
import { ChoiceField, GroupField, ListField, MapField } from "./composite-fields.tsx";
import type { ShowField } from "./composite-fields.tsx";
import { FileField } from "./file-field.tsx";
import { MomentField } from "./moment-field.tsx";
import { TagsField } from "./tags-field.tsx";
import { ColorField, LinesField, NumberField, SliderField, TextField } from "./text-controls.tsx";

interface ViewProps<Field> {
  field: Field;
  name: string;
}

type Composite = FieldOf<"group" | "list" | "map" | "choice">;

/** Any field of a form, by what it is filled in with. */
export function FieldView({ field, name }: ViewProps<FormField>): ReactNode {
  switch (field.kind) {
    case "group":
    case "list":
    case "map":
    case "choice":
      return <CompositeView field={field} name={name} />;
    default:
      return <ControlView field={field} name={name} />;
  }
}

function ControlView({ field, name }: ViewProps<Exclude<FormField, Composite>>) {
  switch (field.kind) {
    case "number":
      return <NumberField field={field} name={name} />;
    case "slider":
      return <SliderField field={field} name={name} />;
    case "switch":
      return <SwitchField field={field} name={name} />;
    case "select":
      return <SelectField field={field} name={name} />;
    case "radio":
      return <RadioField field={field} name={name} />;
    case "checks":
      return <ChecksField field={field} name={name} />;
    case "tags":
      return <TagsField field={field} name={name} />;
    case "date":
    case "time":
    case "datetime":
      return <MomentField field={field} name={name} />;
    case "long_text":
      return <LinesField field={field} name={name} />;
    case "code":
    case "json":
      return <CodeField field={field} name={name} />;
    case "color":
      return <ColorField field={field} name={name} />;
    case "fixed":
      return null;
    case "file":
    case "image":
    case "csv":
      return <FileField field={field} name={name} />;
    default:
      return <TextField field={field} name={name} />;
  }
}

function CompositeView({ field, name }: ViewProps<Composite>) {
  switch (field.kind) {
    case "group":
      return <GroupField field={field} name={name} show={show} />;
    case "list":
      return <ListField field={field} name={name} show={show} />;
    case "map":
      return <MapField field={field} name={name} show={show} />;
    case "choice":
      return <ChoiceField field={field} name={name} show={show} />;
  }
}

const show: ShowField = (field, name) => <FieldView key={name} field={field} name={name} />;
