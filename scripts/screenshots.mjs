/** Draws the README's pictures of the built page: `node scripts/screenshots.mjs` writes docs/images/page-{dark,light}.png. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { chromium } from "@playwright/test";
import { preview } from "vite";
import { findChromium, ROOT } from "./setup.mjs";

const COMMANDS = [
  "kubectl get nodes",
  "kubectl get pods -n kube-system | grep etcd",
  'kubectl run nginx-demo --image=nginx --labels="app=web,env=production,tier=frontend"',
  "kubectl wait --for=condition=Ready pod/nginx-demo",
  "kubectl get pod nginx-demo --show-labels",
  "kubectl exec -it -n kube-system etcd-ip-10-0-1-10 -- sh",
  "export ETCDCTL_CACERT=/etc/kubernetes/pki/etcd/ca.crt",
  "export ETCDCTL_CERT=/etc/kubernetes/pki/etcd/server.crt",
  "export ETCDCTL_KEY=/etc/kubernetes/pki/etcd/server.key",
  "etcdctl get /registry/pods --prefix --keys-only",
];

const server = await preview({ root: ROOT, logLevel: "error", preview: { port: 4176, host: "localhost" } });
const executablePath = findChromium();
const browser = await chromium.launch({ args: ["--no-sandbox"], ...(executablePath ? { executablePath } : {}) });
mkdirSync(join(ROOT, "docs/images"), { recursive: true });
const page = await browser.newPage({ viewport: { width: 1400, height: 880 }, colorScheme: "dark" });
await page.goto(`${server.resolvedUrls?.local[0] ?? "http://localhost:4176/"}?test`);

/** Whether the shell waits for a command. */
const waits = () => {
  const buffer = [...(window.sandboxTest?.terminals.values() ?? [])][0]?.buffer.active;
  const line = buffer?.getLine(buffer.baseY + buffer.cursorY)?.translateToString(true) ?? "";
  return /^(root@\S+#|sh-5\.2#)$/.test(line.trim());
};
const prompt = () => page.waitForFunction(waits, null, { timeout: 60_000, polling: 50 });

await prompt();
await page.locator(".row").first().waitFor();
for (const command of COMMANDS) {
  await page.keyboard.type(command);
  await page.keyboard.press("Enter");
  await page.waitForTimeout(400);
  await prompt();
}
for (const folder of ["/registry/pods", "/registry/pods/default", "/registry/pods/default/nginx-demo"]) {
  await page.getByTitle(folder, { exact: true }).click();
  await page.waitForTimeout(200);
}
await page.locator(".xterm-screen").click();
await page.waitForTimeout(3000);
for (const colorScheme of ["dark", "light"]) {
  await page.emulateMedia({ colorScheme });
  await page.waitForTimeout(300);
  await page.screenshot({ path: join(ROOT, `docs/images/page-${colorScheme}.png`) });
}
await browser.close();
await new Promise((resolve) => server.httpServer.close(resolve));
process.exit(0);
