import { useState } from "react";
import { accountRoutes } from "#contract/accounts/routes";
import { describeError, findRemedy } from "../api/describe-error.ts";
import { AccountField, AccountForm } from "./account-form.tsx";
import { askAsPerson } from "./ask-as-person.ts";
import type { AuthAnswer } from "./ask-auth.ts";

/** The end of an account, once its address was written again. */
export function DeleteAccount({ email }: { email: string }) {
  const [isOpen, setOpen] = useState(false);
  async function remove(confirm: string): Promise<AuthAnswer> {
    try {
      await askAsPerson().call(accountRoutes.deleteAccount, { json: { confirm } });
      return { ok: true, body: null };
    } catch (error) {
      const message = `${describeError(error).detail} ${await findRemedy(error)}`.trim();
      return { ok: false, code: "", message, seconds: null };
    }
  }
  return (
    <section className="card" aria-labelledby="delete-heading">
      <h2 id="delete-heading">Delete the account</h2>
      <p>
        It cannot be brought back. Your tokens end, and your places in workspaces; what you made there stays.
        A workspace that you alone own has to be handed on or deleted before.
      </p>
      {isOpen ? (
        <AccountForm
          button="Delete my account for good"
          onSubmit={({ confirm = "" }) => remove(confirm)}
          onDone={() => window.location.assign("/")}
        >
          <AccountField
            name="confirm"
            label="Your e-mail address, to be sure"
            type="email"
            autoComplete="off"
            help={`Write ${email}.`}
          />
        </AccountForm>
      ) : (
        <button type="button" className="danger" onClick={() => setOpen(true)}>
          Delete my account …
        </button>
      )}
    </section>
  );
}
