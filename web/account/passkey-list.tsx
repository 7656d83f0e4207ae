import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { ErrorNotice } from "../parts/error-notice.tsx";
import { AccountField, AccountForm } from "./account-form.tsx";
import { describeRefusal } from "./ask-auth.ts";
import { addPasskey, canUsePasskeys, deletePasskey, listPasskeys } from "./passkey.ts";

/** The person's passkeys, one more, or one less. */
export function PasskeyList() {
  const passkeys = useQuery({ queryKey: ["passkeys"], queryFn: listPasskeys });
  const [refusal, setRefusal] = useState("");
  const [added, setAdded] = useState(0);
  async function remove(id: string): Promise<void> {
    const answer = await deletePasskey(id).catch(() => null);
    if (answer === null) setRefusal("The server cannot be reached. Try again.");
    else setRefusal(answer.ok ? "" : describeRefusal(answer));
    await passkeys.refetch();
  }
  function noteAdded(): void {
    setAdded(added + 1);
    void passkeys.refetch();
  }
  return (
    <section className="card" aria-labelledby="passkeys-heading">
      <h2 id="passkeys-heading">Passkeys</h2>
      {passkeys.isError && <ErrorNotice error={passkeys.error} onRetry={() => void passkeys.refetch()} />}
      {passkeys.data?.length === 0 && <p>None yet. With one you sign in without a password.</p>}
      <ul className="rows">
        {passkeys.data?.map(({ id, name }) => (
          <li key={id} className="row">
            <span className="row-main">{name ?? "Without a name"}</span>
            <button
              type="button"
              aria-label={`Remove the passkey ${name ?? "without a name"}`}
              onClick={() => void remove(id)}
            >
              Remove
            </button>
          </li>
        ))}
      </ul>
      <p className="field-error" role="alert">
        {refusal}
      </p>
      {canUsePasskeys() ? (
        <AccountForm
          key={added}
          button="Add a passkey"
          onSubmit={({ passkey = "" }) => addPasskey(passkey)}
          onDone={noteAdded}
        >
          <AccountField
            name="passkey"
            label="Its name"
            type="text"
            autoComplete="off"
            help="Such as the device it is kept on."
          />
        </AccountForm>
      ) : (
        <p className="muted">
          This browser makes none at this address: passkeys need a name, not a number, and https beyond your
          own machine.
        </p>
      )}
    </section>
  );
}
