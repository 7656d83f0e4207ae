/** Names the zones that there are; one that nobody typed a time for is the reader's own. */
export function offerZones(box: HTMLInputElement): void {
  const list = document.createElement("datalist");
  list.id = `${box.id}-list`;
  for (const zone of Intl.supportedValuesOf("timeZone")) list.append(new Option(zone, zone));
  box.after(list);
  box.setAttribute("list", list.id);
  const time = box.parentElement?.querySelector<HTMLInputElement>(
    "input[type=datetime-local], input[type=time]",
  );
  if (time?.value === "" && box.value === "UTC")
    box.value = new Intl.DateTimeFormat().resolvedOptions().timeZone;
}
