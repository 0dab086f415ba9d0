// Live results while one types, and files dropped on the box. Without it the form still works.
"use strict";

const form = document.getElementById("validate");
const box = document.getElementById("text");
const report = document.getElementById("report");
const WAIT_MS = 600;
let timer = 0;
let running = null;

async function check() {
  if (!box.value.trim()) { report.replaceChildren(); return; }
  if (running) running.abort();
  running = new AbortController();
  const sent = new FormData(form);
  sent.delete("file");
  try {
    const answer = await fetch(form.action, { method: "POST", body: sent, signal: running.signal });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const found = page.getElementById("report") || page.getElementById("main");
    report.replaceChildren(...found.childNodes);
  } catch (error) {
    if (error.name !== "AbortError") report.textContent = String(error.message);
  }
}

box.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(check, WAIT_MS); });

for (const name of ["dragover", "dragleave", "drop"]) {
  box.addEventListener(name, (event) => {
    event.preventDefault();
    box.classList.toggle("drop", name === "dragover");
    if (name === "drop" && event.dataTransfer.files.length) {
      form.elements.file.files = event.dataTransfer.files;
      form.requestSubmit();
    }
  });
}
