// Opens the report's page as a reader would: light, dark, on a phone, with a pointer on a mark. Fails on anything the
// browser complains about, on any request beside the page, and when the page is wider than the screen.
// usage: node report_page.mjs PAGE [FOLDER for pictures]
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';

const [page_file, pictures] = process.argv.slice(2);
const address = pathToFileURL(page_file).href;
const profile = mkdtempSync(join(tmpdir(), 'ooe-report-page-'));
const faults = [];
const check = (right, what) => { if (!right) faults.push(what); };

const views = [
  { name: 'light', viewport: { width: 1280, height: 900 }, colorScheme: 'light' },
  { name: 'dark', viewport: { width: 1280, height: 900 }, colorScheme: 'dark' },
  { name: 'phone', viewport: { width: 390, height: 844 }, colorScheme: 'light' },
];

try {
  for (const { name, ...view } of views) {
    const browser = await chromium.launchPersistentContext(join(profile, name), {
      executablePath: '/usr/bin/chromium',
      args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
        '--disable-component-update', '--disable-sync'],
      ...view,
    });
    const page = await browser.newPage();
    page.on('console', (message) => faults.push(`${name}: console ${message.type()}: ${message.text()}`));
    page.on('pageerror', (error) => faults.push(`${name}: ${error.message}`));
    page.on('request', (request) => {
      if (request.url() !== address && !request.url().startsWith('data:')) faults.push(`${name}: asked for ${request.url()}`);
    });
    await page.goto(address);
    const width = await page.evaluate(() => document.documentElement.scrollWidth);
    check(width <= view.viewport.width, `${name}: the page is ${width} wide`);
    check(await page.locator('svg[role=img]').count() >= 3, `${name}: charts are missing`);
    check(await page.locator('.heat td.best').count() > 0, `${name}: no specialist is framed`);
    // The keyboard, then the pointer. Scrolling hides the tip, so the page has to rest before either comes.
    const tip = page.locator('#tip');
    const routed = page.locator('.mark.routed[data-tip]').first();
    await routed.scrollIntoViewIfNeeded();
    await page.waitForTimeout(300);
    await routed.focus();
    check((await tip.textContent()).startsWith('Goal: '), `${name}: a mark does not name its goal`);
    await page.waitForTimeout(300);  // it fades in; waitForFunction is what the page's own policy forbids
    check(await tip.evaluate((element) => getComputedStyle(element).opacity) === '1', `${name}: the tip stays hidden`);
    const expert = page.locator('.mark.expert[data-tip]').last();
    await expert.scrollIntoViewIfNeeded();
    await page.waitForTimeout(300);
    await expert.hover();
    check((await tip.textContent()).includes('right at'), `${name}: an expert's mark says nothing`);
    if (pictures) await page.screenshot({ path: join(pictures, `${name}.png`), fullPage: true });
    await browser.close();
  }
} finally {
  rmSync(profile, { recursive: true, force: true });
}
for (const fault of faults) console.error(fault);
if (faults.length > 0) process.exit(1);
console.log('the page is fine in light, dark and on a phone');
