// One Chromium for many visits. Reads {chromium, visits: [...]} from standard input and writes what
// was found, one entry a visit, to standard output. browser.py says what a visit and its acts are.
import puppeteer from "puppeteer-core";
import { pathToFileURL } from "node:url";
import { audit } from "./axe.mjs";
import { answer, send } from "./keyboard.mjs";
import { choose, go, keys, look, press, slow, zoom } from "./steps.mjs";

const PATIENCE = 300_000; // milliseconds for one step, however busy the machine

const ACTS = {
  audit,
  answer,
  choose,
  go,
  keys,
  look,
  press,
  send,
  slow,
  zoom,
  print: (page, { pdf }) => page.pdf({ path: pdf, preferCSSPageSize: true }).then(() => ({})),
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

async function setUp(page, visit) {
  page.setDefaultTimeout(PATIENCE);
  await page.setViewport({ width: 1280, height: 800 });
  await page.setJavaScriptEnabled(visit.javascript);
  if (visit.forcedColors) {
    const features = [{ name: "forced-colors", value: "active" }];
    await (await page.createCDPSession()).send("Emulation.setEmulatedMedia", { features });
  }
}

/** A visit has a browser context of its own: nothing stored by one page is seen by the next. */
async function pay(browser, visit) {
  const { file, acts, downloads } = visit;
  const downloadBehavior = downloads ? { policy: "allow", downloadPath: downloads } : { policy: "deny" };
  const context = await browser.createBrowserContext({ downloadBehavior });
  try {
    const page = await context.newPage();
    const url = file.includes("://") ? file : pathToFileURL(file).href;
    const heard = listen(page, url);
    await setUp(page, visit);
    await page.goto(url, { waitUntil: "load" });
    const found = [];
    for (const act of acts) found.push(await ACTS[act.kind](page, { ...act, downloads }));
    return { ...heard, acts: found };
  } finally {
    await context.close();
  }
}

const { chromium, visits } = await read(process.stdin);
const browser = await puppeteer.launch({
  executablePath: chromium,
  protocolTimeout: PATIENCE,
  timeout: PATIENCE,
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
  for (const visit of visits) results.push(await pay(browser, visit));
  process.stdout.write(JSON.stringify(results));
} finally {
  await browser.close();
}
