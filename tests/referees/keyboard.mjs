// Fill a questionnaire with the keyboard alone, as someone who cannot use a pointer would.
import { readdir } from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const STOPS_A_QUESTION = 4; // a page with more Tab stops than this many times its questions is a trap
const PATIENCE = 60_000; // milliseconds until a download must be there

/** Answer by Tab, arrows, Space and typing; then press the control that saves and wait for a file. */
export async function answer(page, { answers, save, press, downloads }) {
  const { left, limit, ...told } = await reach(page, answers, press);
  const saved = left.size === 0 && (await pressed(page, save, limit)) ? await downloaded(downloads) : null;
  return { ...told, unreached: [...left.keys()], saved };
}

/** The same on a page of a server: the control that sends it leads to the next page. */
export async function send(page, { answers, save, press }) {
  const { left, limit, ...told } = await reach(page, answers, press);
  const arrived = page.waitForNavigation({ waitUntil: "load" });
  const found = await pressed(page, save, limit);
  if (found) await arrived;
  else arrived.catch(() => {});
  return { ...told, unreached: [...left.keys()], found, url: page.url() };
}

async function reach(page, answers, press) {
  const left = new Map(Object.entries(answers));
  const hidden = [];
  const limit = STOPS_A_QUESTION * left.size + 40;
  let stops = 0;
  for (; left.size > 0 && stops < limit; stops += 1) {
    await page.keyboard.press("Tab");
    const focus = await page.evaluate(describe, press);
    if (focus === null) continue;
    if (!focus.visible) hidden.push(focus.name);
    if (focus.pressed) await page.keyboard.press(focus.type === "checkbox" ? "Space" : "Enter");
    if (!left.has(focus.name)) continue;
    await give(page, focus, left.get(focus.name));
    left.delete(focus.name);
  }
  return { stops, hidden, left, limit };
}

async function give(page, focus, wanted) {
  if (focus.type !== "radio") return page.keyboard.type(wanted);
  const steps = focus.values.indexOf(wanted) - focus.values.indexOf(focus.value);
  if (steps === 0) return page.keyboard.press("Space");
  const key = steps > 0 ? "ArrowDown" : "ArrowUp";
  const presses = Array.from({ length: Math.abs(steps) }, () => page.keyboard.press(key));
  return Promise.all(presses); // sent in order, without waiting for each
}

/** Tab on to a control and press Enter on it; tell whether it was reached. */
async function pressed(page, selector, limit) {
  for (let stop = 0; stop < limit; stop += 1) {
    await page.keyboard.press("Tab");
    if (await page.evaluate((wanted) => document.activeElement.matches(wanted), selector)) {
      await page.keyboard.press("Enter");
      return true;
    }
  }
  return false;
}

/** Wait for a file to be there, and give its path. */
async function downloaded(folder) {
  for (let waited = 0; waited < PATIENCE; waited += 50) {
    const [name] = (await readdir(folder)).filter((file) => !file.endsWith(".crdownload"));
    if (name) return path.join(folder, name);
    await sleep(50);
  }
  return null;
}

/** In the page: what has the focus, whether one sees it and that it has the focus. */
function describe(press) {
  const control = document.activeElement;
  if (control === null || control === document.body) return null;
  const label = control.labels?.[0];
  const box = (label?.contains(control) ? label : control).getBoundingClientRect();
  // WCAG 2.2, 2.4.11: what has the focus is not entirely hidden; nine points of it are tried.
  const parts = [0.1, 0.5, 0.9];
  const uncovered = parts.some((down) =>
    parts.some((right) => {
      const above = document.elementFromPoint(box.left + right * box.width, box.top + down * box.height);
      return above !== null && (control.contains(above) || label?.contains(above));
    }),
  );
  const marked = [control, label].some((node) => {
    if (!node) return false;
    const style = getComputedStyle(node);
    return style.outlineStyle !== "none" || style.boxShadow !== "none";
  });
  const group = control.type === "radio" ? control.form?.elements[control.name] : null;
  return {
    name: control.name || control.id || control.tagName,
    type: control.type,
    value: control.value,
    values: group ? Array.from(group, (option) => option.value) : [],
    visible: uncovered && marked,
    pressed: Boolean(press && control.matches(press) && !control.checked),
  };
}
