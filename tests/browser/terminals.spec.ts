import { expect, type Page, test } from "@playwright/test";
import { TerminalPage } from "./support/terminal-page.ts";

/** Keys, completion, history, paste, tabs and sizes, on one cluster. */
test.describe.configure({ mode: "serial" });

let page: Page;
let terminal: TerminalPage;

test.beforeAll(async ({ browser }) => {
  page = await browser.newPage({ viewport: { width: 1400, height: 800 } });
  terminal = new TerminalPage(page);
  await terminal.open();
});

test.afterAll(() => page.close());

test.afterEach(async () => {
  await terminal.press("Control+c");
  await terminal.prompt();
  await terminal.run("clear");
});

test("Tab completes resources, live names, files and etcd's keys", async () => {
  await terminal.type("kubectl get deploym\t");
  await terminal.shows(/kubectl get deployments/);
  await terminal.press("Control+c");
  await terminal.type("kubectl get pod standa\t");
  await terminal.shows("kubectl get pod standalone");
  await terminal.press("Control+c");
  await terminal.type("ls /etc/kubernetes/mani\t");
  await terminal.shows("ls /etc/kubernetes/manifests/");
  await terminal.press("Control+c");
  await terminal.run(
    "export ETCDCTL_CACERT=/etc/kubernetes/pki/etcd/ca.crt ETCDCTL_CERT=/etc/kubernetes/pki/etcd/server.crt",
  );
  await terminal.run("export ETCDCTL_KEY=/etc/kubernetes/pki/etcd/server.key");
  await terminal.type("etcdctl get /registry/namespaces/kube-sy\t");
  await terminal.shows("etcdctl get /registry/namespaces/kube-system");
});

test("arrows edit a line and walk through history, Ctrl-R searches it", async () => {
  expect(await terminal.run("echo first")).toBe("first");
  expect(await terminal.run("echo second")).toBe("second");
  await terminal.press("ArrowUp", "ArrowUp");
  await terminal.shows(/# echo first$/);
  await terminal.press("ArrowLeft", "ArrowLeft");
  await terminal.type("X");
  await terminal.press("Enter");
  await terminal.shows(/^firXst$/m);
  await terminal.press("Control+r");
  await terminal.type("seco");
  await terminal.shows(/reverse-i-search\)`seco': echo second/);
  await terminal.press("Enter");
  await terminal.shows(/second\n(.*\n)*second/);
});

test("Ctrl-C ends what runs and what is typed", async () => {
  await terminal.type("echo began; sleep 1000");
  await terminal.press("Enter");
  await terminal.shows(/^began$/m);
  await terminal.press("Control+c");
  await terminal.prompt();
  expect(await terminal.run("echo $?")).toBe("130");
  await terminal.type("never run");
  await terminal.press("Control+c");
  await terminal.shows(/never run\^C\nroot@/);
});

test("several lines can be pasted, and Ctrl-V pastes", async () => {
  await terminal.paste("echo one\necho two");
  await expect(page.getByRole("dialog", { name: "Paste 2 lines?" })).toBeVisible();
  expect(await terminal.text()).not.toContain("echo one");
  await terminal.press("Escape");
  expect(await terminal.text()).not.toContain("echo one");
  await terminal.paste("echo one\necho two");
  await expect(page.getByRole("button", { name: "Paste", exact: true })).toBeFocused();
  await terminal.press("Enter");
  await terminal.shows(/# echo one\necho two$/);
  await terminal.press("Enter");
  await terminal.shows(/^one$/m);
  await terminal.shows(/^two$/m);
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  await page.evaluate(() => navigator.clipboard.writeText("echo from the clipboard"));
  await terminal.press("Control+v");
  await terminal.shows(/# echo from the clipboard$/);
});

test("several terminals, on several hosts, each with its own shell", async () => {
  await terminal.run("here=first");
  await page.getByLabel("New terminal").selectOption("ip-10-0-1-11");
  await expect(page.locator(".terminals").getByRole("tab")).toHaveCount(2);
  await terminal.prompt();
  expect(await terminal.run('hostname; echo "[$here]"')).toBe("ip-10-0-1-11\n[]");
  await terminal.type("exit");
  await terminal.press("Enter");
  await terminal.shows("The shell has ended");
  await terminal.press("Enter");
  await terminal.prompt();
  await page.getByRole("button", { name: "Close terminal ip-10-0-1-11" }).click();
  await expect(page.locator(".terminals").getByRole("tab")).toHaveCount(1);
  expect(await terminal.run("echo $here")).toBe("first");
});

test("the shell learns the window's size", async () => {
  const columns = async () => Number(await terminal.run("echo $COLUMNS"));
  const wide = await columns();
  await page.setViewportSize({ width: 560, height: 800 });
  await expect.poll(columns).toBeLessThan(wide);
  await page.setViewportSize({ width: 1400, height: 800 });
  await expect.poll(columns).toBe(wide);
});

test("side by side, tabs can still be read", async () => {
  await page.getByRole("button", { name: "Open a terminal beside this one" }).click();
  const tabs = page.getByRole("tab", { name: /^ip-10-0-1-10/ });
  await expect(tabs).toHaveCount(2);
  for (const tab of await tabs.all()) {
    const seen = await tab.evaluate((element) => {
      const { left, right } = element.getBoundingClientRect();
      const list = element.parentElement?.getBoundingClientRect() ?? new DOMRect();
      return Math.min(right, list.right) - Math.max(left, list.left) - element.scrollWidth;
    });
    expect(seen).toBeGreaterThanOrEqual(-1);
  }
  await page.getByRole("button", { name: "Close terminal ip-10-0-1-10 (2)" }).click();
  await page.locator(".terminal-view:not([hidden]) .xterm-screen").click();
});

test("nothing went wrong in the page meanwhile", () => {
  expect(terminal.errors).toEqual([]);
});
