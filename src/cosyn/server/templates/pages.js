"use strict";
(() => {
  const byId = (id) => document.getElementById(id);
  const [form, state, count, bar] = ["form", "state", "count", "bar"].map(byId);
  const given = () => new Set([...new FormData(form)].filter(([n, v]) => n[0] !== "_" && v.trim()).map(([n]) => n)).size;
  const before = given();
  let sequence = 0, timer = 0, leaving = false;
  const tell = (ok) => { state.textContent = ok ? state.dataset.saved : state.dataset.unsaved; };
  const save = () => {
    clearTimeout(timer);
    if (!timer || leaving) return;
    timer = 0;
    const body = new URLSearchParams(new FormData(form));
    body.set("_save", (sequence += 1));
    fetch(form.action, { method: "POST", body, keepalive: true })
      .then((reply) => tell(reply.status === 204), () => tell(false));
  };
  form.addEventListener("input", ({ target }) => {
    // A number and a reason for giving none exclude each other.
    form.querySelectorAll(`[name="${target.name}"]`).forEach((other) => {
      if (other.type === target.type) return;
      if (other.type === "radio") other.checked = false;
      else other.value = "";
    });
    const done = +count.dataset.done + given() - before;
    count.textContent = count.dataset.text.replace("%d", done).replace("%a", count.dataset.all);
    bar.value = done;
    timer = timer || setTimeout(save, 8000);
  });
  form.addEventListener("submit", () => { leaving = true; });
  document.addEventListener("visibilitychange", () => { if (document.hidden) save(); });
  // A page that the browser kept was already sent: its answers may be older than what is stored.
  addEventListener("pageshow", ({ persisted }) => { if (persisted) location.reload(); });
})();
