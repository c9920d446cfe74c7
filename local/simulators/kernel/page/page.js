"use strict";
// Data is only ever written as text nodes; every change goes through the control routes beside this page.

const $ = (id) => document.getElementById(id);
let spec = {};

function el(tag, traits = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(traits)) {
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (value !== false && value != null) made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children.flat().filter((child) => child != null));
  return made;
}

async function ask(method, route, body) {
  const answer = await fetch(route, { method, body: body && JSON.stringify(body) });
  const told = await answer.json();
  if (!answer.ok) throw new Error(told.error);
  return told;
}

function say(text, bad = false) {
  $("status").textContent = text;
  $("status").className = bad ? "bad" : "";
}

// Does one thing and shows the page anew; what went wrong is said and nothing changes.
async function doing(work, done) {
  try {
    const told = await work();
    await show();
    say(typeof done === "function" ? done(told) : done);
  } catch (problem) { say(problem.message, true); }
}

const text = (value) => value == null || value === "" ? "–" : typeof value === "object" ? JSON.stringify(value) : `${value}`;
const linked = (value) => typeof value === "string" && value.length === 18 ? spec.links[value.slice(0, 3)] : undefined;
const cell = (value) => el("td", { class: text(value) === "–" ? "none" : null }, linked(value)
  ? el("a", { href: where("record", linked(value), value) }, value) : el("bdi", {}, text(value)));
const where = (...parts) => "#" + parts.map(encodeURIComponent).join("/");
const here = () => location.hash.replace(/^#/, "").split("/").map(decodeURIComponent);

function table(columns, rows, link) {
  const head = el("tr", {}, columns.map((name) => el("th", { scope: "col" }, name)));
  const body = rows.map((row) => el("tr", {}, columns.map((name, at) => {
    const address = at === 0 && link && link(row);
    return address ? el("td", {}, el("a", { href: address }, text(row[name]))) : cell(row[name]);
  })));
  return el("div", { class: "scroll" }, el("table", {}, el("thead", {}, head), el("tbody", {}, body)));
}

// --- look up ---------------------------------------------------------------------------------------------------

async function findPage(kind, asked = "") {
  const of = spec.types.find((type) => type.name === kind) || spec.types[0];
  const found = await ask("GET", `find?type=${of.name}&q=${encodeURIComponent(asked)}`);
  const input = el("input", { type: "search", name: "q", value: asked, placeholder: "id, name, address, company…" });
  const go = (event) => { event.preventDefault(); location.hash = where("find", of.name, input.value); };
  const many = found.more ? `the first ${found.records.length} of more` : `${found.records.length} found`;
  return [
    el("h1", {}, of.label),
    el("form", { class: "fields", role: "search", onsubmit: go },
      el("label", {}, "Look up", input), el("button", {}, "Find"), el("span", { class: "note" }, many)),
    el("div", { class: "card" }, table(of.columns, found.records, (row) => where("record", of.name, row[of.columns[0]]))),
  ];
}

// --- one record ------------------------------------------------------------------------------------------------

async function recordPage(kind, id) {
  const told = await ask("GET", `record?type=${kind}&id=${encodeURIComponent(id)}`);
  const acts = spec.acts.filter((act) => act.on && act.on.includes(kind) && Boolean(act.gone) === told.deleted);
  return [
    el("h1", { dir: "auto" }, told.title,
      told.badges.map((badge) => el("span", { class: badge.bad ? "badge bad" : "badge" }, badge.text))),
    el("div", { class: "pair" },
      el("div", {}, told.related.map(relatedCard), fieldsCard(told.record)),
      el("div", {}, told.deleted ? null : changeCard(kind, told), el("section", { class: "card" },
        el("h2", {}, "What people do with it"),
        acts.length ? acts.map((act) => actForm(act, id)) : el("p", { class: "note" }, "nothing")))),
  ];
}

function relatedCard(related) {
  const link = related.type && ((row) => row[related.columns[0]] && where("record", related.type, row[related.columns[0]]));
  const body = related.rows.length ? table(related.columns, related.rows, link) : el("p", { class: "note" }, "none");
  return el("section", { class: "card" }, el("h2", {}, `${related.label} (${related.total})`), body);
}

function fieldsCard(record) {
  const rows = Object.entries(record).map(([name, value]) => {
    const row = el("tr", { hidden: text(value) === "–" }, el("th", { scope: "row" }, name), cell(value));
    if (row.hidden) row.dataset.empty = "1";
    return row;
  });
  const toggle = el("input", { type: "checkbox", onchange: () => rows.forEach((row) => {
    if (row.dataset.empty) row.hidden = !toggle.checked;
  }) });
  return el("section", { class: "card" }, el("h2", {}, "Fields"), el("label", { class: "flag" }, toggle, "empty ones too"),
    el("table", {}, el("tbody", {}, rows)));
}

function changeCard(kind, told) {
  if (!told.editable.length) return null;
  const name = el("select", {}, told.editable.map((field) => el("option", {}, field)));
  const value = el("input", { placeholder: "empty clears it" });
  const fill = () => { const now = told.record[name.value]; value.value = now == null ? "" : text(now); };
  name.addEventListener("change", fill);
  fill();
  const submit = (event) => {
    event.preventDefault();
    const given = /^(true|false)$/.test(value.value) ? value.value === "true" : value.value === "" ? null : value.value;
    doing(() => ask("POST", "act", { act: "update", type: kind, id: told.id, fields: { [name.value]: given } }),
      `${name.value} changed`);
  };
  return el("section", { class: "card" }, el("h2", {}, "Change a field"), el("form", { class: "fields", onsubmit: submit },
    el("label", {}, "Field", name), el("label", {}, "Value", value), el("button", {}, "Change")));
}

// --- acts ------------------------------------------------------------------------------------------------------

function control(argument) {
  if (argument.kind === "flag") return el("input", { type: "checkbox", checked: argument.value });
  if (argument.kind === "choice") return el("select", {}, argument.choices.map((choice) => el("option", {}, choice)));
  return el("input", { type: argument.kind === "number" ? "number" : "text", placeholder: argument.hint || "",
    required: argument.required || false, value: argument.value ?? "" });
}

function given(argument, input) {
  if (argument.kind === "flag") return input.checked;
  if (input.value === "") return argument.empty === undefined ? undefined : argument.empty;
  if (argument.kind === "ids") return input.value.split(",").map((one) => one.trim());
  return argument.kind === "number" ? Number(input.value) : input.value;
}

function actForm(act, id) {
  const inputs = act.arguments.map((argument) => [argument, control(argument)]);
  const submit = (event) => {
    event.preventDefault();
    const body = { act: act.act, ...act.always };
    if (act.subject) body[act.subject] = id;
    for (const [argument, input] of inputs) body[argument.name] = given(argument, input);
    doing(() => ask("POST", "act", body), (told) => `${act.label}: ${told.ids.length ? told.ids.join(", ") : "done"}`);
  };
  const labels = inputs.map(([argument, input]) => argument.kind === "flag"
    ? el("label", { class: "flag" }, input, argument.label) : el("label", {}, argument.label, input));
  const form = el("form", { class: "fields", onsubmit: submit }, labels,
    el("button", { class: act.bad ? "bad" : null }, inputs.length ? "Do it" : act.label));
  if (!act.on) return el("section", { class: "card" }, el("h2", {}, act.label), form);
  return inputs.length ? el("details", {}, el("summary", {}, act.label), form) : form;
}

async function actsPage() {
  return [el("h1", {}, spec.office), el("div", { class: "grid" }, spec.acts.filter((act) => !act.on).map((act) => actForm(act)))];
}

// --- faults, quotas, calls -------------------------------------------------------------------------------------

async function faultsPage() {
  const armed = await ask("GET", "faults");
  const columns = ["fault", "method", "path", "times", "after", "code", "seconds", "match", "body"];
  const inputs = spec.fault.map((argument) => [argument, control(argument)]);
  const submit = (event) => {
    event.preventDefault();
    const made = Object.fromEntries(inputs.map(([argument, input]) => [argument.name, given(argument, input)])
      .filter(([, value]) => value !== undefined));
    doing(() => ask("POST", "faults", { faults: [...armed.filter((fault) => fault.times > 0), made] }), "armed");
  };
  const clear = () => doing(() => ask("POST", "faults", { faults: [] }), "no fault is armed");
  return [
    el("h1", {}, "Faults"),
    el("section", { class: "card" }, el("h2", {}, "Arm a fault"), el("form", { class: "fields", onsubmit: submit },
      inputs.map(([argument, input]) => el("label", {}, argument.label, input)), el("button", {}, "Arm"))),
    el("section", { class: "card" }, el("h2", {}, "Armed"),
      armed.length ? table(columns, armed) : el("p", { class: "note" }, "none: every call is served as it should be"),
      armed.length ? el("p", {}, el("button", { type: "button", class: "bad", onclick: clear }, "Clear all")) : null),
  ];
}

async function limitsPage() {
  const settings = await ask("GET", "limits");
  const rows = Object.entries(settings).map(([name, value]) => {
    const input = el("input", { "aria-label": name, value: typeof value === "string" ? value : JSON.stringify(value) });
    const save = (event) => {
      event.preventDefault();
      let now = input.value;
      try { now = JSON.parse(now); } catch { /* plain text */ }
      doing(() => ask("POST", "limits", { [name]: now }), `${name} set`);
    };
    return el("tr", {}, el("th", { scope: "row" }, name), el("td", {}, el("form", { class: "fields", onsubmit: save },
      input, el("button", {}, "Set"))));
  });
  return [el("h1", {}, "Quotas and switches"), el("section", { class: "card" }, el("table", {}, el("tbody", {}, rows)))];
}

async function callsPage() {
  const calls = await ask("GET", "calls?last=100");
  const forget = () => doing(() => ask("DELETE", "calls"), "forgotten");
  return [
    el("h1", {}, "The last calls that counted"),
    el("p", {}, el("button", { type: "button", onclick: show }, "Look again"), " ",
      el("button", { type: "button", class: "bad", onclick: forget }, "Forget them")),
    el("section", { class: "card" }, calls.length ? table(["at", "method", "path", "status", "outcome", "records"],
      calls.reverse()) : el("p", { class: "note" }, "none yet")),
  ];
}

// --- the frame -------------------------------------------------------------------------------------------------

const PAGES = { find: findPage, record: recordPage, acts: actsPage, faults: faultsPage, limits: limitsPage, calls: callsPage };

function tabs(page, kind) {
  const made = spec.types.map((type) => [type.label, where("find", type.name), ["find", "record"].includes(page) && kind === type.name]);
  const others = [[spec.office, "acts"], ["Faults", "faults"], ["Quotas", "limits"], ["Calls", "calls"]];
  others.forEach(([label, name]) => made.push([label, where(name), page === name]));
  $("tabs").replaceChildren(...made.map(([label, href, now]) => el("a", { href, "aria-current": now ? "page" : null }, label)));
}

async function show() {
  const [page, ...rest] = here();
  const name = PAGES[page] ? page : "find";
  if (name === "find" && !rest[0]) rest[0] = spec.types[0].name;
  tabs(name, rest[0]);
  try {
    $("main").replaceChildren(...await PAGES[name](...rest));
    $("now").textContent = (await ask("GET", "health")).now;
  } catch (problem) { $("main").replaceChildren(); say(problem.message, true); }
}

async function begin() {
  spec = await ask("GET", "page.json");
  document.title = `${spec.vendor}, simulated`;
  document.documentElement.dataset.vendor = spec.vendor.toLowerCase();
  $("vendor").textContent = spec.vendor;
  $("clock").addEventListener("click", (event) => {
    const { advance, real } = event.target.dataset;
    if (advance) doing(() => ask("POST", "clock", { advance_s: Number(advance) }), "the clock has moved");
    if (real) doing(() => ask("POST", "clock", { real: true }), "the clock runs with the machine's");
  });
  window.addEventListener("hashchange", () => { say(""); show().then(() => $("main").focus()); });
  await show();
}

begin();
