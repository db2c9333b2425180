// What can be measured of one page: axe's rules, overflow, and the size of targets, width by width.
import axe from "axe-core";
import path from "node:path";

const STANDARD = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa"];
const PRACTICE = "best-practice";
const SMALLEST = 24; // CSS pixels, WCAG 2.2 success criterion 2.5.8

export async function audit(page, { widths, without, screenshots }) {
  // Scripts of the page have run or were forbidden to; axe itself needs them allowed.
  await page.setJavaScriptEnabled(true);
  await page.evaluate(axe.source);
  const views = [];
  for (const width of widths) {
    await page.setViewport({ width, height: 800 });
    const measured = await page.evaluate(measure, SMALLEST);
    const rules = await page.evaluate(check, [...STANDARD, PRACTICE], without);
    const [practice, violations] = split(rules.violations, (rule) => rule.tags.includes(PRACTICE));
    views.push({ width, ...measured, violations, practice, undecided: rules.incomplete });
    if (screenshots) {
      await page.screenshot({ path: path.join(screenshots, `${width}.png`), fullPage: true });
    }
  }
  return { views };
}

function split(rules, belongs) {
  return [rules.filter(belongs), rules.filter((rule) => !belongs(rule))];
}

/** In the page: run axe's rules that bear one of the tags, but for those left out. */
async function check(tags, without) {
  const found = await window.axe.run(document, {
    runOnly: tags,
    rules: Object.fromEntries(without.map((rule) => [rule, { enabled: false }])),
    resultTypes: ["violations", "incomplete"],
    preload: false, // there is nothing to load
  });
  const brief = (rules) =>
    rules.map(({ id, impact, help, tags: of, nodes }) => {
      const targets = nodes.map((node) => node.target.flat().join(" "));
      return { id, impact, help, tags: of, targets };
    });
  return { violations: brief(found.violations), incomplete: brief(found.incomplete) };
}

/** In the page: its overflow and its small targets. */
function measure(smallest) {
  const root = document.scrollingElement;
  const controls = "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex]";
  const sizes = Array.from(document.querySelectorAll(controls), (control) => {
    // A click on its label reaches a control, so the label is part of the target.
    const boxes = [control, ...(control.labels ?? [])].map((node) => node.getBoundingClientRect());
    const [width, height] = ["width", "height"].map((side) => Math.max(...boxes.map((b) => b[side])));
    const name = control.name || control.id || control.textContent.trim().slice(0, 40);
    return { target: name, width, height };
  });
  const shown = sizes.filter((size) => size.width > 0 && size.height > 0);
  return {
    overflow: Math.max(0, root.scrollWidth - root.clientWidth),
    targets: shown.length,
    small: shown.filter((size) => Math.min(size.width, size.height) < smallest),
  };
}
