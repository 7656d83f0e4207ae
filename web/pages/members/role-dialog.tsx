import { memberRoutes } from "#contract/members/routes";
import type { Member } from "#contract/members/member";
import { roleSchema } from "#contract/access/access";
import { useApi } from "../../api/api-context.ts";
import { useChange } from "../../ui/use-change.ts";
import { ChoiceField } from "../../parts/labelled.tsx";
import { FormDialog, textOf } from "../../ui/dialog.tsx";
import { roleWords } from "./role-words.ts";

/** Changes what a member is. */
export function RoleDialog({ member, onClose }: { member: Member; onClose: () => void }) {
  const api = useApi();
  const change = useChange();
  async function send(form: FormData): Promise<void> {
    const role = roleSchema.options.find((name) => name === textOf(form, "role")) ?? member.role;
    const done = await change.make(
      () => api.call(memberRoutes.changeMember, { params: { member: member.user_id }, json: { role } }),
      `${member.email} is ${roleWords[role].is.toLowerCase()} now.`,
    );
    if (done) onClose();
  }
  return (
    <FormDialog
      title={`What is ${member.email} here?`}
      action="Save"
      change={change}
      onSend={(form) => void send(form)}
      onClose={onClose}
    >
      <ChoiceField
        label="Role"
        name="role"
        defaultValue={member.role}
        choices={roleSchema.options.map(
          (role) => [role, `${roleWords[role].is}: ${roleWords[role].may}`] as const,
        )}
      />
    </FormDialog>
  );
}
