// Live results while one types, files dropped anywhere, progress of long checks, jumps from a
// finding to its place. Without it the form still works.
"use strict";

const form = document.getElementById("validate");
const box = document.getElementById("text");
const gutter = document.getElementById("gutter");
const report = document.getElementById("report");
const state = document.getElementById("status");
const WAIT_MS = 600;
const POLL_MS = 1000;
// A longer text is checked when the button is pressed.
const LIVE_CHARACTERS = 500_000;
let timer = 0;
let running = null;

// -- asking ---------------------------------------------------------------------------------

async function load(url, options) {
  if (running) running.abort();
  clearTimeout(timer);
  const mine = running = new AbortController();
  report.setAttribute("aria-busy", "true");
  if (!report.querySelector(".job")) state.textContent = report.dataset.working;
  try {
    const answer = await fetch(url, { headers: { Accept: "text/html" }, signal: mine.signal, ...options });
    show(new DOMParser().parseFromString(await answer.text(), "text/html"));
  } catch (error) {
    if (error.name === "AbortError") return;
    state.textContent = error.message;
  }
  if (running === mine) { running = null; report.removeAttribute("aria-busy"); }
}

function show(page) {
  const found = page.getElementById("report") || page.getElementById("main");
  const open = new Set([...report.querySelectorAll("details[open]")].map((d) => d.closest(".group")?.id));
  report.replaceChildren(...found.childNodes);
  for (const group of report.querySelectorAll(".group")) {
    if (open.has(group.id)) group.querySelector("details")?.setAttribute("open", "");
  }
  const job = report.querySelector("[data-job]");
  const whole = report.querySelector("[data-summary]");
  // Only a change is read out.
  const text = whole ? whole.dataset.summary : job ? report.dataset.working : report.textContent.trim().slice(0, 300);
  if (state.textContent !== text) state.textContent = text;
  reveal(report);
  number();
  if (job) timer = setTimeout(() => load(job.dataset.job), POLL_MS);
}

function sent(submitter) {
  return submitter ? new FormData(form, submitter) : new FormData(form);
}

function live() {
  if (!box.value.trim()) { running?.abort(); report.replaceChildren(); state.textContent = ""; number(); return; }
  if (box.value.length > LIVE_CHARACTERS) return;
  const data = sent();
  data.delete("file");
  data.delete("url");
  data.delete("prefer");
  load(form.action, { method: "POST", body: data });
}

function later() { clearTimeout(timer); timer = setTimeout(live, WAIT_MS); }

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  await load(event.submitter?.formAction || form.action, { method: "POST", body: sent(event.submitter) });
  report.focus({ preventScroll: true });
  report.scrollIntoView({ block: "start" });
});
box.addEventListener("input", () => { number(); later(); });
form.addEventListener("change", (event) => {
  if (event.target.matches("select, input[type=checkbox]")) { describe(); if (box.value.trim()) later(); }
});

// -- dropping -------------------------------------------------------------------------------

for (const name of ["dragover", "dragleave", "drop"]) {
  document.addEventListener(name, (event) => {
    if (!event.dataTransfer || ![...event.dataTransfer.types].includes("Files")) return;
    event.preventDefault();
    document.body.classList.toggle("dropping", name === "dragover");
    if (name === "drop" && event.dataTransfer.files.length) {
      form.elements.file.files = event.dataTransfer.files;
      form.requestSubmit();
    }
  });
}

// -- the box --------------------------------------------------------------------------------

function number() {
  const marks = new Map();
  for (const link of report.querySelectorAll("a.goto")) {
    if (!marks.has(link.dataset.line)) marks.set(link.dataset.line, link.dataset.severity);
  }
  const count = box.value ? box.value.split("\n").length : 0;
  const rows = [];
  for (let line = 1; line <= Math.min(count, 20_000); line += 1) {
    const row = document.createElement("span");
    const severity = marks.get(String(line));
    if (severity) row.className = severity;
    row.textContent = `${line}\n`;
    rows.push(row);
  }
  gutter.replaceChildren(...rows);
  gutter.style.maxHeight = `${box.clientHeight}px`;
  gutter.scrollTop = box.scrollTop;
}

box.addEventListener("scroll", () => { gutter.scrollTop = box.scrollTop; });
new ResizeObserver(() => { gutter.style.maxHeight = `${box.clientHeight}px`; }).observe(box);

// Lines and columns count characters; the box counts UTF-16 units.
function offset(line, column) {
  const lines = box.value.split("\n");
  const before = lines.slice(0, line - 1).reduce((sum, text) => sum + text.length + 1, 0);
  return before + [...(lines[line - 1] || "")].slice(0, column - 1).join("").length;
}

function choose(start, end) {
  box.focus({ preventScroll: true });
  box.setSelectionRange(start, end);
  const line = box.value.slice(0, start).split("\n").length;
  const height = parseFloat(getComputedStyle(box).lineHeight);
  box.scrollTop = Math.max(0, (line - 4) * height);
  box.scrollIntoView({ block: "nearest" });
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("a.goto");
  if (link) {
    event.preventDefault();
    const d = link.dataset;
    choose(offset(+d.line, +d.column), offset(+d.endLine, +d.endColumn));
  }
  const fix = event.target.closest("button.apply");
  if (fix) {
    const letters = [...box.value];
    const start = letters.slice(0, +fix.dataset.start).join("").length;
    const end = letters.slice(0, +fix.dataset.end).join("").length;
    choose(start, end);
    box.setRangeText(fix.dataset.text, start, end, "select");
    number();
    live();
  }
});

// -- what only makes sense with a script ------------------------------------------------------

function reveal(part) {
  for (const node of part.querySelectorAll(".scripted")) node.hidden = false;
}

function describe() {
  const chosen = form.elements.profile?.selectedOptions[0];
  document.getElementById("profile-text").textContent = chosen?.title || "";
}

reveal(document);
describe();
number();
if (report.querySelector("[data-job]")) show(document.cloneNode(true));
