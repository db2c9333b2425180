"use strict";
(function () {
  const byId = (id) => document.getElementById(id);
  const form = byId("form");
  const messages = JSON.parse(form.dataset.messages);
  const questions = Array.from(form.querySelectorAll("[data-item]"));
  const boxes = form.querySelectorAll(".block, .page");
  const fields = new Map();
  form.querySelectorAll("input").forEach((field) => {
    fields.set(field.name, [...(fields.get(field.name) || []), field]);
  });
  const given = (field) => (field.type !== "radio" || field.checked ? field.value.trim() : "");
  const value = (name) => fields.get(name).map(given).find((text) => text !== "") || "";
  // A number and a reason for giving none exclude each other.
  const outdo = (field) => {
    (fields.get(field.name) || []).filter((other) => other.type !== field.type).forEach((other) => {
      if (other.type === "radio") other.checked = false;
      else other.value = "";
    });
  };
  // What was answered before the questionnaire ended does not count behind the end.
  const answer = (question) => (question.hidden ? "" : value(question.dataset.item));
  const ends = (question) =>
    "ends" in question.dataset && question.dataset.ends.split(" ").includes(value(question.dataset.item));
  let unsaved = false;

  const update = () => {
    const last = questions.findIndex(ends);
    const ended = last >= 0;
    questions.forEach((question, i) => { question.hidden = ended && i > last; });
    boxes.forEach((box) => { box.hidden = !box.querySelector("[data-item]:not([hidden])"); });
    byId("ended").textContent = ended ? messages.ended : "";
    byId("closing").hidden = ended && messages.ended !== "";
    const shown = questions.filter((question) => !question.hidden);
    const done = shown.filter((question) => answer(question) !== "").length;
    byId("bar").max = shown.length;
    byId("bar").value = done;
    byId("count").textContent = messages.progress.replace("%d", done).replace("%a", shown.length);
  };
  const check = (field) => {
    if (!("low" in field.dataset)) return;
    const [text, low, high] = [field.value.normalize("NFKC").trim(), +field.dataset.low, +field.dataset.high];
    const wrong = text !== "" && !(Number(text) >= low && Number(text) <= high);
    field.setAttribute("aria-invalid", String(wrong));
  };
  // A cell that a spreadsheet would take for a formula is written as text; a number is none.
  const cell = (text) => {
    const formula = /^[=+\-@\t]/.test(text) && Number.isNaN(Number(text));
    return '"' + (formula ? "'" : "") + text.replace(/"/g, '""') + '"';
  };
  const table = () => {
    const meta = Array.from(form.querySelectorAll("[data-meta]"), (field) => field.name);
    const names = meta.concat(questions.map((question) => question.dataset.item));
    const values = meta.map(value).concat(questions.map(answer));
    return [names, values].map((row) => row.map(cell).join(",")).join("\r\n") + "\r\n";
  };
  const save = () => {
    const text = table();
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob(["\ufeff" + text], { type: "text/csv" }));
    link.download = form.dataset.name + "-" + Math.random().toString(36).slice(2, 10) + ".csv";
    link.click();
    window.setTimeout(() => URL.revokeObjectURL(link.href), 60000);
    byId("saved").textContent = messages.saved.replace("%f", link.download);
    byId("copied").value = text; // some apps show pages but save no files
    byId("copy").hidden = false;
    unsaved = false;
  };

  byId("tools").hidden = false;
  byId("progress").hidden = false;
  form.addEventListener("input", (event) => { outdo(event.target); unsaved = true; update(); });
  form.addEventListener("change", (event) => check(event.target));
  form.addEventListener("submit", (event) => event.preventDefault());
  byId("save").addEventListener("click", save);
  byId("copied").addEventListener("focus", (event) => event.target.select());
  byId("clear").addEventListener("click", () => {
    if (!window.confirm(messages.sure)) return;
    form.reset();
    form.querySelectorAll("[aria-invalid]").forEach((field) => field.removeAttribute("aria-invalid"));
    byId("saved").textContent = "";
    byId("copy").hidden = true;
    unsaved = false;
    update();
  });
  window.addEventListener("beforeunload", (event) => { if (unsaved) event.preventDefault(); });
  update();
})();
