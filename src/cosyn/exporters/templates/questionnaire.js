"use strict";
(function () {
  const form = document.getElementById("form");
  const messages = JSON.parse(form.dataset.messages);
  const items = Array.from(form.querySelectorAll("[data-item]"), (node) => node.dataset.item);
  const status = document.getElementById("progress");
  const answer = (name) => {
    const field = form.elements.namedItem(name);
    return field ? field.value.trim() : "";
  };
  const show = () => {
    const done = items.filter((item) => answer(item) !== "").length;
    status.textContent = messages.progress.replace("%d", done).replace("%a", items.length);
  };
  // A cell that a spreadsheet would take for a formula is written as text.
  const cell = (text) => '"' + (/^[=+\-@\t]/.test(text) ? "'" : "") + text.replace(/"/g, '""') + '"';
  const save = () => {
    const meta = Array.from(form.querySelectorAll("[data-meta]"), (node) => node.name);
    const names = meta.concat(items);
    const rows = [names, names.map(answer)].map((row) => row.map(cell).join(","));
    const file = new Blob(["\ufeff" + rows.join("\r\n") + "\r\n"], { type: "text/csv" });
    const link = document.createElement("a");
    link.href = URL.createObjectURL(file);
    link.download = form.dataset.name + "-" + Math.random().toString(36).slice(2, 10) + ".csv";
    link.click();
    URL.revokeObjectURL(link.href);
  };
  document.getElementById("tools").hidden = false;
  status.hidden = false;
  form.addEventListener("input", show);
  form.addEventListener("submit", (event) => event.preventDefault());
  document.getElementById("save").addEventListener("click", save);
  document.getElementById("clear").addEventListener("click", () => {
    if (window.confirm(messages.sure)) { form.reset(); show(); }
  });
  show();
})();
