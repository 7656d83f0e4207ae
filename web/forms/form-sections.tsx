import { childName } from "#contract/forms/form";
import type { FormModel, FormSection } from "#contract/forms/form";
import { isShown } from "#contract/forms/read-form";
import { FieldView } from "./field-view.tsx";
import { useForm } from "./form-context.ts";

/** The fields of a form, by its sections; what they share comes by the form's context. */
export function FormSections({ form }: { form: FormModel }) {
  return form.sections.map((section) => <Section key={section.title} form={form} section={section} />);
}

function Section({ form, section }: { form: FormModel; section: FormSection }) {
  const { draft } = useForm();
  const shown = section.fields.filter((field) =>
    isShown(form.root, field, { name: "", entries: draft.entries }),
  );
  return (
    <>
      {section.title !== "" && <h2 className="form-section">{section.title}</h2>}
      {shown.map((field) => (
        <FieldView key={field.name} field={field} name={childName("", field.name)} />
      ))}
    </>
  );
}
