import { useRef, useState } from "react";
import { Link } from "wouter";
import { AccountField, AccountForm } from "./account-form.tsx";
import { askAuth, describeRefusal } from "./ask-auth.ts";

/** Asks for address and password; with the address alone a link can be mailed instead. */
export function PasswordForm({ onSignedIn, mails }: { onSignedIn: () => void; mails: boolean }) {
  const box = useRef<HTMLDivElement>(null);
  const [told, setTold] = useState("");
  async function mailLink(): Promise<void> {
    const input = box.current?.querySelector<HTMLInputElement>("input[type=email]");
    if (!input?.reportValidity()) return;
    const answer = await askAuth("/magic-link", { email: input.value }).catch(() => null);
    if (answer === null) setTold("The server cannot be reached. Try again.");
    else if (answer.ok)
      setTold("If this address has an account here, a link is on its way. It works once, for 15 minutes.");
    else setTold(describeRefusal(answer));
  }
  return (
    <div ref={box}>
      <AccountForm
        button="Sign in"
        onSubmit={({ email, password }) => askAuth("/login", { email, password })}
        onDone={onSignedIn}
      >
        <AccountField name="email" label="E-mail" type="email" autoComplete="username webauthn" />
        <AccountField name="password" label="Password" type="password" autoComplete="current-password" />
      </AccountForm>
      {mails && (
        <p className="actions">
          <button type="button" onClick={() => void mailLink()}>
            Mail me a sign-in link instead
          </button>
          <Link to="/reset-password">Forgot the password?</Link>
        </p>
      )}
      <output>{told}</output>
    </div>
  );
}
