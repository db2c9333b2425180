// Steps of a visit to pages of a server.

/** Open another page. */
export async function go(page, { url }) {
  await page.goto(url, { waitUntil: "load" });
  return look(page);
}

/** Press a control that leads to another page. */
export async function press(page, { selector }) {
  await Promise.all([page.waitForNavigation({ waitUntil: "load" }), page.click(selector)]);
  return look(page);
}

/** Answer with the pointer: click a radio button's label, type into a field. */
export async function choose(page, { answers }) {
  for (const [name, value] of Object.entries(answers)) {
    const radio = await page.$(`label:has(> input[name="${name}"][value="${value}"])`);
    if (radio) await radio.click();
    else await page.type(`input[name="${name}"]`, value);
  }
  return {};
}

/** Tell which page this is, and the first unanswered question of each name on it. */
export async function look(page) {
  return page.evaluate(() => ({
    url: location.href,
    language: document.documentElement.lang,
    heading: document.querySelector("h1")?.textContent ?? "",
    names: [...new Set(Array.from(document.querySelectorAll(".question input"), (field) => field.name))],
    weight: performance.getEntriesByType("navigation")[0]?.transferSize ?? 0,
    requests: performance.getEntriesByType("resource").filter((entry) => !entry.name.startsWith("data:")).length,
  }));
}

/** Make the network slow, then load the page anew with all it names, and tell what that took. */
export async function slow(page, { bits, latency }) {
  const session = await page.createCDPSession();
  await session.send("Network.enable");
  await session.send("Network.setCacheDisabled", { cacheDisabled: true });
  await session.send("Network.emulateNetworkConditions", {
    offline: false,
    latency,
    downloadThroughput: bits / 8,
    uploadThroughput: bits / 8,
  });
  const began = Date.now();
  await page.reload({ waitUntil: "load" });
  const seconds = (Date.now() - began) / 1000;
  // A connection, the page, and then at once what it names.
  const bytes = await page.evaluate(() =>
    ["navigation", "resource"]
      .flatMap((kind) => performance.getEntriesByType(kind))
      .reduce((sum, entry) => sum + (entry.transferSize ?? 0), 0),
  );
  return { seconds, bytes, trips: 3 };
}

/** Zoom as a browser does: half as many CSS pixels on the same screen. */
export async function zoom(page, { factor, width, height }) {
  await page.setViewport({ width: Math.round(width / factor), height: Math.round(height / factor), deviceScaleFactor: factor });
  return page.evaluate(() => {
    const root = document.scrollingElement;
    return { overflow: Math.max(0, root.scrollWidth - root.clientWidth) };
  });
}

/** Type into a field as fast as it goes, Enter for a new line; tell what then stands in which field. */
export async function keys(page, { name, typed }) {
  await page.focus(`input[name="${name}"]`);
  for (const sign of typed) await (sign === "\n" ? page.keyboard.press("Enter") : page.keyboard.type(sign));
  return page.evaluate(() => {
    const fields = Array.from(document.querySelectorAll(".question input[type=text]"));
    const given = fields.filter((field) => field.value !== "").map((field) => [field.name, field.value]);
    return { values: Object.fromEntries(given), focus: document.activeElement.name, url: location.href };
  });
}
