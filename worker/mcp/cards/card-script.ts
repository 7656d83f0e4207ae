/**
 * The program of every card: it speaks with its host by messages, and shows what a tool gave. Whatever a worker or a model
 * has written goes in as text and never as markup, nothing is fetched, and only two things go out: calls of this server's
 * own tools, and addresses of it that the person asks to open. Plain JavaScript, sent as it stands.
 */
export const cardScript = String.raw`
(() => {
  const about = JSON.parse(document.getElementById("about").textContent);
  const card = document.getElementById("card");
  const said = document.getElementById("said");
  const waiting = new Map();
  let last = 0, given = {}, host = {};

  const send = (message) => window.parent.postMessage({ jsonrpc: "2.0", ...message }, "*");
  const ask = (method, params) =>
    new Promise((resolve, reject) => {
      waiting.set(++last, { resolve, reject });
      send({ id: last, method, params });
    });
  const make = (tag, text, set) => {
    const made = document.createElement(tag);
    if (text !== undefined && text !== null) made.textContent = String(text);
    for (const [name, value] of Object.entries(set || {})) made.setAttribute(name, value);
    return made;
  };
  const isMap = (value) => typeof value === "object" && value !== null && !Array.isArray(value);
  const textOf = (value) => (typeof value === "string" ? value : JSON.stringify(value, null, 1));
  const say = (text, isWrong) => {
    said.textContent = text;
    said.className = isWrong ? "wrong" : "";
  };
  const button = (text, act, isFirst) => {
    const made = make("button", text, { type: "button" });
    if (isFirst) made.className = "first";
    made.addEventListener("click", act);
    return made;
  };
  const isOurs = (url) => typeof url === "string" && url.startsWith(about.origin + "/");
  const open = (url) => ask("ui/open-link", { url }).catch(() => say("Open this address: " + url));

  const dress = (context) => {
    if (!isMap(context)) return;
    if (context.theme === "dark" || context.theme === "light") document.documentElement.style.colorScheme = context.theme;
    const variables = isMap(context.styles) && isMap(context.styles.variables) ? context.styles.variables : {};
    for (const [name, value] of Object.entries(variables))
      if (name.startsWith("--") && typeof value === "string") document.documentElement.style.setProperty(name, value);
  };

  const showValue = (value) => {
    if (Array.isArray(value) && value.length > 0 && value.every(isMap)) return showTable(value);
    if (typeof value === "number" || typeof value === "boolean" || value === null) return make("p", String(value));
    if (typeof value === "string" && value.length < 200 && !value.includes("\n")) return make("p", value);
    return make("pre", textOf(value), { tabindex: "0" });
  };
  const showTable = (rows) => {
    const names = [...new Set(rows.flatMap((row) => Object.keys(row)))].slice(0, 12);
    const table = make("table", null, { tabindex: "0" });
    const head = table.appendChild(make("thead")).appendChild(make("tr"));
    for (const name of names) head.append(make("th", name, { scope: "col" }));
    const body = table.appendChild(make("tbody"));
    for (const row of rows.slice(0, 50)) {
      const line = body.appendChild(make("tr"));
      for (const name of names) line.append(make("td", row[name] === undefined ? "" : textOf(row[name])));
    }
    if (rows.length > 50) table.append(make("caption", "The first 50 of " + rows.length));
    return table;
  };
  const showAll = (values, into) => {
    for (const [name, value] of Object.entries(values)) into.append(make("h2", name), showValue(value));
  };

  const showApproval = (asked) => {
    card.replaceChildren(make("h1", asked.label), make("p", asked.worker + " waits for a person, until " + asked.expires_at + "."));
    if (asked.preview) card.append(make("pre", asked.preview, { tabindex: "0" }));
    if (asked.preview_payload !== null && asked.preview_payload !== undefined) card.append(showValue(asked.preview_payload));
    card.append(make("h2", "What will be done"));
    const exact = make("pre", JSON.stringify(asked.outputs, null, 1), { tabindex: "0" });
    card.append(exact);
    if (asked.files.length > 0) card.append(make("p", "Files: " + asked.files.join(", ")));
    if (!asked.may_decide || !host.serverTools) return offerPage(asked);
    const edit = make("textarea", null, { id: "edit", rows: "8", "aria-label": "What is to be done instead", hidden: "" });
    const reason = make("input", null, { id: "reason", maxlength: "1000" });
    const buttons = [
      button("Approve", () => decide(asked, "approve", { edit, reason, buttons }), true),
      button("Edit", () => {
        edit.hidden = !edit.hidden;
        if (!edit.hidden && edit.value === "") edit.value = exact.textContent;
        if (!edit.hidden) edit.focus();
      }),
      button("Reject", () => decide(asked, "reject", { edit, reason, buttons })),
      button("Open its page", () => open(asked.decide_at)),
    ];
    card.append(edit, make("label", "Reason (may be left out)", { for: "reason" }), reason, ...buttons);
  };
  const offerPage = (asked) => {
    if (!isOurs(asked.decide_at)) return;
    card.append(make("p", "You decide on its page, signed in."), button("Open the page to decide", () => open(asked.decide_at), true));
  };
  const decide = async (asked, decision, { edit, reason, buttons }) => {
    const args = { approval: asked.id, decision };
    if (reason.value !== "") args.reason = reason.value;
    if (decision === "approve" && !edit.hidden && edit.value !== JSON.stringify(asked.outputs, null, 1)) {
      try {
        args.edited_output = JSON.parse(edit.value);
      } catch {
        return say("What you wrote is no JSON.", true);
      }
      if (!isMap(args.edited_output)) return say("Write an object: {...}.", true);
    }
    for (const one of buttons) one.disabled = true;
    say("Sending your decision.");
    try {
      const { isError, structuredContent: told = {} } = await ask("tools/call", { name: "approval_decide", arguments: args });
      if (isError) throw new Error(told.detail || "It was not taken.");
      if (told.status === "approval_required") {
        say("This is decided on its page.");
        return offerPage({ decide_at: told.decide_at });
      }
      say("Decided: " + told.status + ".");
      const text = "The person decided " + asked.id + ": " + told.status + ". Call run_wait with " + told.run_id + ".";
      ask("ui/update-model-context", { content: [{ type: "text", text }] }).catch(() => {});
    } catch (error) {
      say(error.message, true);
      for (const one of buttons) one.disabled = false;
    }
  };

  const showResult = ({ structuredContent, isError, content }) => {
    const told = isMap(structuredContent) ? structuredContent : {};
    card.replaceChildren(make("h1", about.title || "Result"));
    const failure = isMap(told.error) ? told.error : isError ? told : null;
    card.append(make("p", failure ? failure.message || failure.detail || "It failed." : told.status || "", failure ? { class: "wrong" } : {}));
    if (isMap(told.outputs)) showAll(told.outputs, card);
    else if (!failure && content && content[0] && content[0].type === "text") card.append(make("pre", content[0].text, { tabindex: "0" }));
    for (const file of Array.isArray(told.files) ? told.files : [])
      if (isMap(file) && isOurs(file.url)) card.append(button("Open " + file.name, () => open(file.url)));
    if (isOurs(told.url)) card.append(button("Open the run", () => open(told.url)));
    if (about.schema && host.serverTools) showForm(isError ? told.errors : []);
  };

  const control = (name, field, id) => {
    const value = given[name] === undefined ? field.default : given[name];
    if (Array.isArray(field.enum)) {
      const select = make("select", null, { id });
      for (const one of field.enum) select.append(make("option", textOf(one), { value: JSON.stringify(one) }));
      if (value !== undefined) select.value = JSON.stringify(value);
      return { element: select, read: () => JSON.parse(select.value) };
    }
    if (field.type === "boolean") {
      const box = make("input", null, { id, type: "checkbox" });
      box.checked = value === true;
      return { element: box, read: () => box.checked };
    }
    if (field.type === "integer" || field.type === "number") {
      const number = make("input", null, { id, type: "number", step: field.type === "integer" ? "1" : "any" });
      if (value !== undefined && value !== null) number.value = String(value);
      return { element: number, read: () => (number.value === "" ? undefined : Number(number.value)) };
    }
    if (field.type === "string") {
      const isLong = !field.format && !(field.maxLength < 200);
      const text = make(isLong ? "textarea" : "input", null, isLong ? { id } : { id, type: field.format === "date" ? "date" : "text" });
      if (typeof value === "string") text.value = value;
      return { element: text, read: () => (text.value === "" && value === undefined ? undefined : text.value) };
    }
    const json = make("textarea", null, { id });
    if (value !== undefined) json.value = JSON.stringify(value, null, 1);
    return { element: json, read: () => (json.value === "" ? undefined : JSON.parse(json.value)) };
  };
  const showForm = (errors) => {
    const form = make("form", null, { "aria-label": about.title + ": inputs" });
    form.append(make("h2", "Run it again"));
    const required = Array.isArray(about.schema.required) ? about.schema.required : [];
    const controls = Object.entries(about.schema.properties || {}).map(([name, field], at) => {
      const id = "in-" + at;
      const wrong = (Array.isArray(errors) ? errors : []).filter((one) => isMap(one) && one.pointer === "/" + name);
      const one = { name, ...control(name, isMap(field) ? field : {}, id) };
      if (required.includes(name)) one.element.setAttribute("aria-required", "true");
      form.append(make("label", (field.title || name) + (required.includes(name) ? " *" : ""), { for: id }), one.element);
      const hint = [field.description, ...wrong.map((error) => error.detail)].filter(Boolean).join(" ");
      if (hint !== "") {
        form.append(make("small", hint, { id: id + "-hint", ...(wrong.length > 0 ? { class: "wrong" } : {}) }));
        one.element.setAttribute("aria-describedby", id + "-hint");
      }
      return one;
    });
    const run = button("Run", () => call(), true);
    form.append(run);
    // A host's frame may not send forms: the button and the Enter key call.
    form.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.target.tagName !== "INPUT") return;
      event.preventDefault();
      if (!run.disabled) call();
    });
    const call = async () => {
      const args = {};
      for (const { name, read } of controls) {
        try {
          const value = read();
          if (value !== undefined) args[name] = value;
        } catch {
          return say(name + ": write JSON.", true);
        }
      }
      given = args;
      run.disabled = true;
      say("Running.");
      try {
        show(await ask("tools/call", { name: about.tool, arguments: args }));
        say("");
      } catch (error) {
        say(error.message, true);
        run.disabled = false;
      }
    };
    card.append(form);
  };

  const show = (result) => {
    const asked = isMap(result._meta) ? result._meta["floom/approval"] : undefined;
    if (isMap(asked)) showApproval(asked);
    else showResult(result);
  };

  window.addEventListener("message", ({ source, data }) => {
    if (source !== window.parent || !isMap(data) || data.jsonrpc !== "2.0") return;
    const { id, method, params = {} } = data;
    if (method === undefined) {
      const asked = waiting.get(id);
      waiting.delete(id);
      if (asked && data.error) asked.reject(new Error(String(data.error.message)));
      else if (asked) asked.resolve(data.result || {});
    } else if (method === "ui/notifications/tool-input") given = isMap(params.arguments) ? params.arguments : {};
    else if (method === "ui/notifications/tool-result") show(params);
    else if (method === "ui/notifications/tool-cancelled") say("The call was given up.");
    else if (method === "ui/notifications/host-context-changed") dress(params);
    else if (id !== undefined) send({ id, result: {} });
  });
  new ResizeObserver(() => {
    const { scrollWidth: width, scrollHeight: height } = document.documentElement;
    send({ method: "ui/notifications/size-changed", params: { width, height } });
  }).observe(document.body);
  const appInfo = { name: "floom", version: "1" };
  ask("ui/initialize", { appInfo, appCapabilities: { availableDisplayModes: ["inline"] }, protocolVersion: "2026-01-26" }).then(
    ({ hostCapabilities, hostContext }) => {
      host = isMap(hostCapabilities) ? hostCapabilities : {};
      dress(hostContext);
      send({ method: "ui/notifications/initialized", params: {} });
    },
  );
})();
`;
