// Let SurveyJS's library run forms as a respondent would see them. Reads {runs: [...]} from standard
// input, each with `file`, `locales`, `half` (1, 2 or null for any) and `answers` (a list of objects
// of values, given one after another), and writes a list, one entry a run, to standard output.
import { readFile } from "node:fs/promises";
import { Model } from "survey-core";

async function read(stream) {
  const chunks = [];
  for await (const chunk of stream) chunks.push(chunk);
  return JSON.parse(Buffer.concat(chunks).toString("utf8"));
}

/** A form that fell into the half asked for: which one is drawn when it is loaded. */
function loaded(json, half) {
  for (let tries = 0; tries < 200; tries += 1) {
    const model = new Model(structuredClone(json));
    if (half === null || model.data.half === half) return model;
  }
  throw new Error(`no form fell into half ${half}`);
}

const texts = (items) => Object.fromEntries((items ?? []).map((item) => [item.value, item.locText.renderedHtml]));

const shown = (model) =>
  Object.fromEntries(
    model.getAllQuestions(false, true).map((question) => [
      question.name,
      {
        title: question.locTitle.renderedHtml,
        rows: texts(Array.isArray(question.rows) ? question.rows : []),
        columns: texts(question.columns),
        choices: texts(question.choices),
        html: question.processedHtml ?? null,
      },
    ]),
  );

const state = (model) => ({
  pages: model.visiblePages.map((page) => page.name),
  questions: model.visiblePages.flatMap((page) => page.questions.filter((q) => q.isVisible).map((q) => q.name)),
});

function run(json, { locales, half, answers }) {
  const model = loaded(json, half);
  const states = [state(model)];
  for (const values of answers) {
    for (const [name, value] of Object.entries(values)) model.setValue(name, value);
    states.push(state(model));
  }
  const rows = Object.fromEntries(
    model.getAllQuestions().filter((q) => q.getType() === "matrix").map((q) => [q.name, q.visibleRows.map((r) => r.name)]),
  );
  const said = {};
  for (const locale of locales) {
    model.locale = locale;
    const pages = model.pages.map((page) => [page.name, page.locTitle.renderedHtml, page.locDescription.renderedHtml]);
    said[locale] = { title: model.locTitle.renderedHtml, pages, questions: shown(model) };
  }
  model.locale = locales[0];
  model.doComplete();
  return { states, rows, said, data: model.data, completed: model.processedCompletedHtml };
}

console.warn = console.error = () => {};
const { runs } = await read(process.stdin);
const results = [];
for (const one of runs) results.push(run(JSON.parse(await readFile(one.file, "utf8")), one));
process.stdout.write(JSON.stringify(results), () => process.exit(0));
