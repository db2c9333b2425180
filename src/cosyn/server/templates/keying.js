"use strict";
// A code that is whole leads on to the next field; so does Enter, which otherwise sends a form.
(() => {
  const fields = [...document.querySelectorAll("input[data-codes]")];
  const step = (field, by) => {
    const next = fields[fields.indexOf(field) + by] || (by > 0 && document.querySelector(".actions > .go"));
    if (!next) return;
    next.focus();
    if (next.select) next.select();
  };
  const whole = (field) => {
    const typed = field.value.normalize("NFKC").trim(), codes = field.dataset.codes.split(" ");
    return codes.includes(typed) && !codes.some((code) => code !== typed && code.startsWith(typed));
  };
  for (const field of fields) {
    field.addEventListener("input", (event) => {
      if (!event.isComposing && event.inputType !== "deleteContentBackward" && whole(field)) step(field, 1);
    });
    field.addEventListener("compositionend", () => { if (whole(field)) step(field, 1); });
    field.addEventListener("keydown", (event) => {
      const by = { Enter: 1, ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (!by || event.isComposing) return;
      event.preventDefault();
      step(field, by);
    });
  }
  // What is typed instead of either pass is thereby chosen.
  for (const field of document.querySelectorAll(".neither input[type=text]")) {
    field.addEventListener("input", () => {
      field.closest(".neither").querySelector("input[type=radio]").checked = true;
    });
  }
})();
