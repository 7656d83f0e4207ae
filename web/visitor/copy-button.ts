/** Puts a button beside an address that is to be passed on. */
export function addCopying(field: HTMLInputElement): void {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "plain";
  button.textContent = "Copy";
  button.addEventListener("click", () => {
    field.select();
    void navigator.clipboard.writeText(field.value).then(() => {
      button.textContent = "Copied";
    });
  });
  field.after(button);
}
