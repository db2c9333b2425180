// One Chromium for many jobs. Reads {chromium, jobs: [...]} from standard input and writes a list of
// results, one a job, to standard output. What a job may say is described in browser.py.
import puppeteer from "puppeteer-core";
import { pathToFileURL } from "node:url";
import { audit } from "./axe.mjs";
import { answer } from "./keyboard.mjs";

const KINDS = {
  audit,
  answer,
  print: async (page, job) => {
    await page.pdf({ path: job.pdf, preferCSSPageSize: true });
    return {};
  },
};

async function read(stream) {
  const chunks = [];
  for await (const chunk of stream) chunks.push(chunk);
  return JSON.parse(Buffer.concat(chunks).toString("utf8"));
}

/** Note what a page asks of the world outside its own file, and what it complains of. */
function listen(page, url) {
  const heard = { requests: [], console: [] };
  page.on("request", (request) => {
    const asked = request.url();
    if (asked !== url && !/^(data|blob|about):/.test(asked)) heard.requests.push(asked);
  });
  page.on("console", (message) => {
    if (["error", "warn"].includes(message.type())) heard.console.push(message.text());
  });
  page.on("pageerror", (error) => heard.console.push(String(error)));
  page.on("dialog", (dialog) => dialog.accept());
  return heard;
}

async function setUp(page, job) {
  await page.setViewport({ width: 1280, height: 800 });
  await page.setJavaScriptEnabled(job.javascript ?? true);
  if (job.forcedColors) {
    const features = [{ name: "forced-colors", value: "active" }];
    await (await page.createCDPSession()).send("Emulation.setEmulatedMedia", { features });
  }
}

/** Each job has a browser context of its own: nothing stored by one page is seen by the next. */
async function run(browser, job) {
  const downloadBehavior = job.downloads
    ? { policy: "allow", downloadPath: job.downloads }
    : { policy: "deny" };
  const context = await browser.createBrowserContext({ downloadBehavior });
  try {
    const page = await context.newPage();
    const url = pathToFileURL(job.file).href;
    const heard = listen(page, url);
    await setUp(page, job);
    await page.goto(url, { waitUntil: "load" });
    const found = await KINDS[job.kind](page, job);
    return { ...heard, ...found };
  } finally {
    await context.close();
  }
}

const { chromium, jobs } = await read(process.stdin);
const browser = await puppeteer.launch({
  executablePath: chromium,
  args: [
    ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []), // root may not have one
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-dev-shm-usage",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
  ],
});
try {
  const results = [];
  for (const job of jobs) results.push(await run(browser, job));
  process.stdout.write(JSON.stringify(results));
} finally {
  await browser.close();
}
