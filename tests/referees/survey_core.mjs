// Load SurveyJS forms into the library that shows them, and print what it makes of each. Reads
// {files: [...]} from standard input and writes a list, one entry a file, to standard output.
import { readFile } from "node:fs/promises";
import { Helpers, Model } from "survey-core";
import { lintSurvey } from "survey-core/linter";

async function read(stream) {
  const chunks = [];
  for await (const chunk of stream) chunks.push(chunk);
  return JSON.parse(Buffer.concat(chunks).toString("utf8"));
}

/** The text that was written for a locale; null where the library would fall back on another. */
const written = (text, locale) => text?.getLocaleText(locale) || null;

const coded = (items, locale) =>
  (items ?? []).map((item) => [item.value, written(item.locText, locale)]);

const described = (question, locale) => ({
  name: question.name,
  type: question.getType(),
  title: written(question.locTitle, locale),
  rowOrder: question.rowOrder ?? null,
  rows: coded(question.rows?.map ? question.rows : [], locale),
  columns: coded(question.columns?.map ? question.columns : [], locale),
  choices: coded(question.choices, locale),
});

function judged(json) {
  const model = new Model(json);
  const locales = model.getUsedLocales();
  const questions = model.getAllQuestions(false, true);
  return {
    errors: (model.jsonErrors ?? []).map((error) => error.message),
    expressions: model
      .validateExpressions()
      .map(({ obj, propertyName }) => `${obj.name ?? obj.getType()}.${propertyName}`),
    findings: lintSurvey(json).findings.map(({ severity, path, message }) => ({ severity, path, message })),
    locales: Object.fromEntries(
      locales.map((locale) => [
        locale,
        questions.map((question) => described(question, locale === "en" ? "default" : locale)),
      ]),
    ),
  };
}

Helpers.randomizeArray = (items) => items; // rows in the order of the file, whatever a respondent sees
console.warn = console.error = () => {}; // the library repeats there what it reports
const { files } = await read(process.stdin);
const results = [];
for (const file of files) results.push(judged(JSON.parse(await readFile(file, "utf8"))));
process.stdout.write(JSON.stringify(results));
