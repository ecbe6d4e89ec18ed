import { expect, type Page, test } from "@playwright/test";
import type {} from "../../src/ui/test-hook.ts";
import { TerminalPage } from "./support/terminal-page.ts";

/** The tree of keys and the value viewer, on one cluster. */
test.describe.configure({ mode: "serial" });

let page: Page;
let terminal: TerminalPage;

const EXPORTS =
  "export ETCDCTL_CACERT=/etc/kubernetes/pki/etcd/ca.crt ETCDCTL_CERT=/etc/kubernetes/pki/etcd/server.crt ETCDCTL_KEY=/etc/kubernetes/pki/etcd/server.key";

test.beforeAll(async ({ browser }) => {
  page = await browser.newPage({ viewport: { width: 1400, height: 800 } });
  terminal = new TerminalPage(page);
  await terminal.open();
});

test.afterAll(() => page.close());

const row = (key: string) => page.locator(".row").and(page.getByTitle(key, { exact: true }));
const filter = () => page.getByLabel("Filter keys");
const focusTerminal = () => page.locator(".terminal-view:not([hidden]) .xterm-screen").click();

test("the tree shows etcd's keys and follows them", async () => {
  await expect(page.locator(".standing")).toHaveText(/^\d{3} keys · revision \d+$/);
  await filter().fill("pods/default/nginx-demo");
  await expect(page.getByText("No key holds this text.")).toBeVisible();
  await focusTerminal();
  await terminal.run("kubectl run nginx-demo --image=nginx");
  await expect(row("/registry/pods/default/nginx-demo")).toBeVisible();
  await expect(row("/registry/pods/default/nginx-demo").locator(".label")).toHaveClass(/glow/);
  await terminal.run("kubectl delete pod nginx-demo --now");
  await expect(row("/registry/pods/default/nginx-demo")).toHaveCount(0);
});

test("a chosen key's value is laid out, and follows the key", async () => {
  await filter().fill("configmaps/default/app-config");
  await row("/registry/configmaps/default/app-config").click();
  const value = page.locator(".viewer pre");
  await expect(value).toContainText('"kind": "ConfigMap"');
  await focusTerminal();
  await terminal.run("kubectl label configmap app-config seen=yes");
  await expect(value).toContainText('"seen": "yes"');
  await expect(page.locator(".viewer dl")).toContainText("written asJSON");
});

test("a key that is not there yet at a revision is said not to be, and a comparison counts what there is", async () => {
  await focusTerminal();
  await terminal.run("kubectl create configmap later --from-literal=a=b");
  await filter().fill("configmaps/default/later");
  await row("/registry/configmaps/default/later").click();
  await page.locator(".facts dd").nth(1).getByRole("button").click();
  await page.getByRole("button", { name: "One revision back" }).click();
  await expect(page.locator(".viewer")).toContainText("There is no such key at this revision.");
  await page.getByRole("button", { name: "Compare with here" }).click();
  await page.getByRole("button", { name: "One revision on" }).click();
  await expect(page.locator(".change-sum")).toHaveText("1 made");
  await page.getByRole("button", { name: "Stop comparing" }).click();
  await page.getByRole("button", { name: "Now: the store as it changes" }).click();
});

test("the timeline says when, and of a key rather its last name than its folder", async () => {
  const text = page.locator(".timeline-text");
  await expect(text.locator("span").first()).toHaveText(/^\d+ · \d\d:\d\d:\d\d$/);
  const name = text.locator(".key-name");
  await expect(name).toHaveText(/^\/./);
  const widths = await text
    .locator(".timeline-key > span")
    .evaluateAll((parts) => parts.map((part) => part.clientWidth));
  const hidden = await name.evaluate((element) => element.scrollWidth - element.clientWidth);
  // Nothing of the name is hidden as long as the folder has more than a few letters.
  expect(hidden === 0 || (widths[0] ?? 0) < 30, `${widths}, hidden ${hidden}`).toBe(true);
});

test("beside lesson and store the terminal is as wide as the list of all pods", async () => {
  const columns = await page.evaluate(() => [...(window.sandboxTest?.terminals.values() ?? [])][0]?.cols);
  expect(columns).toBeGreaterThanOrEqual(85);
});

test("the tree is walked by keys", async () => {
  await filter().fill("");
  await filter().focus();
  await page.keyboard.press("Tab");
  await expect(page.getByRole("tree")).toBeFocused();
  await page.keyboard.press("Home");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowRight");
  await expect(row("/registry/apiregistration.k8s.io")).toHaveAttribute("aria-expanded", "true");
  await page.keyboard.press("ArrowLeft");
  await expect(row("/registry/apiregistration.k8s.io")).toHaveAttribute("aria-expanded", "false");
});

test("F6 leaves the terminal and comes back", async () => {
  await focusTerminal();
  await page.keyboard.press("F6");
  await expect(filter()).toBeFocused();
  await page.keyboard.press("F6");
  await page.keyboard.press("F6");
  await page.keyboard.press("F6");
  await expect(page.locator(".terminal-view:not([hidden]) .xterm-helper-textarea")).toBeFocused();
});

test("hostile keys and values are shown and never obeyed", async () => {
  await focusTerminal();
  await terminal.run(EXPORTS);
  await terminal.run("printf 'a\\001\\377' | etcdctl put $'evil/\\e]0;owned\\a\\e[2J<img src=x onerror=alert(1)>'");
  await terminal.run("etcdctl put evil/rtl-$'\\u202e'txt 'plain text'");
  await terminal.run("etcdctl put evil/$(printf 'a/%.0s' $(seq 1 200)) deep");
  await terminal.run("etcdctl put evil/long-$(printf 'x%.0s' $(seq 1 5000)) long");
  await filter().fill("evil");
  await expect(page.locator(".row .label", { hasText: "␛]0;owned␇␛[2J<img src=x onerror=alert(1)>" })).toBeVisible();
  await page.locator(".row", { hasText: "owned" }).click();
  await expect(page.locator(".viewer pre")).toHaveText(/^000000 {2}61 01 ff/);
  await filter().fill("evil/rtl");
  await page.locator(".row", { hasText: "rtl-\ufffdtxt" }).click();
  await expect(page.locator(".viewer pre")).toHaveText("plain text");
  expect(await page.title()).toBe("etcd sandbox");
});

test("etcd that is away is said to be, and its keys come back with it", async () => {
  await filter().fill("");
  await focusTerminal();
  await terminal.run("mv /etc/kubernetes/manifests/etcd.yaml /root/");
  await expect(page.getByText("etcd does not answer")).toBeVisible({ timeout: 60_000 });
  await terminal.run("sleep 3; mv /root/etcd.yaml /etc/kubernetes/manifests/");
  await expect(page.locator(".standing")).toHaveText(/^\d{3} keys · revision \d+$/, { timeout: 60_000 });
});

test("nothing went wrong in the page meanwhile", () => {
  expect(terminal.errors).toEqual([]);
});
