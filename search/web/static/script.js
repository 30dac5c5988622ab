"use strict";

// The page is whole without this, which spares typing and clicks. What it says stands in the page, in its language.

const said = document.body.dataset;
const query = document.getElementById("q");

// Keys of an input method are its own: some browsers tell so by isComposing, others by the code 229.
const isComposing = (event) => event.isComposing || event.keyCode === 229;
// As the server has it: text in which nothing commands.
const harmless = (text) => text.replace(/[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g, "\ufffd");

function made(tag, text, attributes = {}) {
  const element = document.createElement(tag);
  element.textContent = text;
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return element;
}

async function fetched(address, signal) {
  const answer = await fetch(address, { signal, headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(answer.statusText);
  return answer.json();
}

// A form that is sent leaves out its empty fields, which the server would do otherwise.
for (const form of document.querySelectorAll("form[role=search]")) {
  form.addEventListener("formdata", (event) => {
    for (const [name, value] of [...event.formData]) {
      if (value === "") event.formData.delete(name);
    }
  });
}

// Completion: a combobox with a list. Arrows put what they choose into the field; Enter sends the field, as ever.
const PAUSE_MS = 150;
const list = made("ul", "", { id: "completions", role: "listbox", "aria-label": said.completions, hidden: "" });
let typed = "";
let chosen = -1;
let timer = 0;
let asking = new AbortController();

function close() {
  clearTimeout(timer);
  asking.abort();
  list.hidden = true;
  chosen = -1;
  query.setAttribute("aria-expanded", "false");
  query.removeAttribute("aria-activedescendant");
}

function offer(found) {
  list.replaceChildren(...found.map((one, i) => {
    const option = made("li", harmless(one.query), { id: `completion-${i}`, role: "option", "aria-selected": "false" });
    option.dataset.query = one.query;
    return option;
  }));
  chosen = -1;
  query.removeAttribute("aria-activedescendant");
  list.hidden = !found.length;
  query.setAttribute("aria-expanded", String(!!found.length));
}

async function complete() {
  asking.abort();
  asking = new AbortController();
  typed = query.value;
  const { signal } = asking;
  try {
    const found = await fetched(`/api/v1/complete?limit=8&q=${encodeURIComponent(typed)}`, signal);
    if (!signal.aborted) offer(found.filter((one) => one.query !== typed));
  } catch {
    if (!signal.aborted) offer([]);
  }
}

function completeSoon() {
  clearTimeout(timer);
  asking.abort();
  const isAtEnd = query.selectionEnd === query.value.length;
  if (query.value.trim() && isAtEnd) timer = setTimeout(complete, PAUSE_MS);
  else close();
}

// One beyond either end of the list is what was typed.
function choose(step) {
  const count = list.children.length + 1;
  chosen = ((chosen + 1 + step + count) % count) - 1;
  [...list.children].forEach((option, i) => option.setAttribute("aria-selected", String(i === chosen)));
  const option = list.children[chosen];
  query.value = option ? option.dataset.query : typed;
  if (option) {
    query.setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest" });
  } else query.removeAttribute("aria-activedescendant");
}

function startCompleting() {
  query.after(list);
  for (const [name, value] of [["role", "combobox"], ["aria-expanded", "false"], ["aria-controls", list.id], ["aria-autocomplete", "list"]]) {
    query.setAttribute(name, value);
  }
  query.addEventListener("input", (event) => event.isComposing ? close() : completeSoon());
  query.addEventListener("compositionend", completeSoon);
  query.addEventListener("blur", close);
  query.form.addEventListener("submit", close);
  query.addEventListener("keydown", (event) => {
    if (isComposing(event) || list.hidden) return;
    if (event.key === "ArrowDown") choose(1);
    else if (event.key === "ArrowUp") choose(-1);
    else if (event.key === "Escape") {
      query.value = typed;
      close();
    } else return;
    event.preventDefault();
  });
  list.addEventListener("mousedown", (event) => event.preventDefault()); // the field keeps the focus
  list.addEventListener("click", (event) => {
    const option = event.target.closest("[role=option]");
    if (!option) return;
    query.value = option.dataset.query;
    close();
  });
}

// Keys of one letter, which the reader may turn off.
const OFF = "wensou.keys.off";
const dialog = document.getElementById("keys");
const theSwitch = dialog.querySelector("input");

function isOff() {
  try {
    return localStorage.getItem(OFF) === "1";
  } catch { // where a browser keeps nothing
    return !theSwitch.checked;
  }
}

function setOff(isSet) {
  try {
    if (isSet) localStorage.setItem(OFF, "1");
    else localStorage.removeItem(OFF);
  } catch { /* it holds for this page */ }
}

// Lead to a mark without a step in the history for each.
function goTo(address) {
  location.replace(address);
}

function step(by) {
  const marks = document.querySelectorAll(".reader mark[id]");
  if (!marks.length) {
    document.querySelector(by > 0 ? "a[rel=next]" : "a[rel=prev]")?.click();
    return;
  }
  const now = /^#m(\d+)$/.exec(location.hash);
  const number = now ? Number(now[1]) + by : by > 0 ? 1 : marks.length;
  goTo(`#m${((number - 1 + marks.length) % marks.length) + 1}`);
}

function focusResult(by) {
  const links = [...document.querySelectorAll(".hits h2 a")];
  const here = document.activeElement?.closest(".hits > li");
  const now = here ? [...here.parentElement.children].indexOf(here) : by > 0 ? -1 : links.length;
  links[now + by]?.focus();
}

const KEYS = {
  "/": () => query.select(),
  "?": () => dialog.showModal(),
  j: () => focusResult(1),
  k: () => focusResult(-1),
  n: () => step(1),
  p: () => step(-1),
};

function startKeys() {
  const opener = document.querySelector(".keys-opener");
  opener.hidden = false;
  opener.addEventListener("click", () => dialog.showModal());
  dialog.querySelector("button").addEventListener("click", () => dialog.close());
  theSwitch.checked = !isOff();
  theSwitch.addEventListener("change", () => setOff(!theSwitch.checked));
  document.addEventListener("keydown", (event) => {
    const isTyping = event.target.closest?.("input, select, textarea, [contenteditable]");
    if (isComposing(event) || isTyping || event.ctrlKey || event.altKey || event.metaKey || dialog.open || isOff()) return;
    if (!Object.hasOwn(KEYS, event.key)) return;
    event.preventDefault();
    KEYS[event.key]();
  });
}

// The reader: from mark to mark, and what is cited to the clipboard.
function startReading() {
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.(".at a, .matches a");
    if (!link) return;
    event.preventDefault();
    goTo(link.hash);
  });
  if (navigator.clipboard) document.addEventListener("toggle", (event) => offerCopies(event.target), true);
}

function offerCopies(details) {
  if (!details.matches(".cite[open]") || details.querySelector("button")) return;
  const link = details.querySelector("a").href;
  const citation = details.querySelector(".citation").textContent;
  const buttons = [[said.copyCitation, citation], [said.copyLink, link]].map(([name, text]) => {
    const button = made("button", name, { type: "button", "aria-live": "polite" });
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(text);
      button.textContent = said.copied;
    });
    return button;
  });
  details.append(...buttons);
}

// What changes while the page is open is told; nothing of it is swapped.
const POLL_MS = 15000;
const news = document.getElementById("news");

function tell(now) {
  const newer = document.getElementById("newer");
  if (newer.hidden && now.generation !== said.generation) {
    newer.hidden = false;
    news.append(newer);
  }
  let building = document.querySelector(".progress");
  if (!building && now.building) {
    building = made("p", "", { class: "building progress" });
    news.after(building);
  }
  if (!building) return;
  building.setAttribute("aria-live", "off"); // every step of a run would be read out
  building.textContent = now.building;
  building.hidden = !now.building;
}

async function poll() {
  if (document.visibilityState !== "visible") return;
  try {
    const shown = encodeURIComponent(said.generation);
    tell(await fetched(`/now?ui=${document.documentElement.lang}&generation=${shown}`));
  } catch { /* a server that is away may come back */ }
}

if (query) startCompleting();
startKeys();
startReading();
if (said.generation) {
  setInterval(poll, POLL_MS);
  document.addEventListener("visibilitychange", poll);
}
